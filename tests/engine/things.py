"""A dynamic provider of made-up things, which notes every call. Tests copy it beside their program.

A thing exists as a file in the folder `THINGS_WORLD`, so a test can change or remove it behind the engine's
back. Its inputs steer what happens: `fail` names a call that raises, `partial` one that ends as a partial
failure for the `reasons` (without an id if `nameless`), `hold` one that lasts until there is a file
`released` in that folder, `sleep` makes create and update take that long, `meet` has it last until so many
creations have begun, a change of `key` replaces, `first` asks for the deletion before the replacement.
"""

import inspect
import json
import os
import time
from pathlib import Path
from typing import Any

import grpc  # type: ignore[import-untyped]
import pulumi
from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    Resource,
    ResourceProvider,
    UpdateResult,
)
from pulumi.runtime.proto import provider_pb2, status_pb2

Props = dict[str, Any]
_HIDDEN = "__provider"


def _shown(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shown(item) for key, item in sorted(value.items()) if key != _HIDDEN}
    if isinstance(value, list):
        return [_shown(item) for item in value]
    return value if isinstance(value, str | float | int | bool | None) else f"<{type(value).__name__}>"


def note(call: str, name: str, **details: Any) -> None:
    """Write down a call."""
    entry = {
        "call": call,
        "name": name,
        "made": len([*Path(os.environ["THINGS_WORLD"]).iterdir()]),
        **{key: _shown(item) for key, item in details.items()},
    }
    with _log().open("a") as file:
        file.write(json.dumps(entry) + "\n")


def _log() -> Path:
    return Path(os.environ["THINGS_LOG"])


def _begun() -> int:
    return _log().read_text().count('"call": "create"')


def _file(id_: str) -> Path:
    return Path(os.environ["THINGS_WORLD"]) / id_


def _store(id_: str, inputs: Props) -> Props:
    """Make the thing as declared and return what it is: what was asked, and a size."""
    outs = {key: item for key, item in inputs.items() if key != _HIDDEN}
    outs["size"] = len(str(inputs.get("text", "")))
    _file(id_).write_text(json.dumps(outs))
    return outs


def _trouble(call: str, props: Props) -> None:
    if props.get("fail") == call:
        raise RuntimeError(f"no {call} today")
    while props.get("hold") == call and not _file("released").exists():
        time.sleep(0.01)
    while call == "create" and _begun() < props.get("meet", 0):
        time.sleep(0.01)
    if call in ("create", "update"):
        time.sleep(float(props.get("sleep", 0)))


def _end(call: str, id_: str, props: Props, outs: Props) -> None:
    """End as a partial failure if asked to: what `outs` say exists, and yet the call failed."""
    if props.get("partial") != call:
        return
    detail = provider_pb2.ErrorResourceInitFailed(id=id_, reasons=props.get("reasons", ["not ready"]))
    detail.properties.update({**outs, _HIDDEN: props[_HIDDEN]})
    if call == "read":
        detail.inputs.update({**_inputs(outs), _HIDDEN: props[_HIDDEN]})
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message="partial failure")
    status.details.add().Pack(detail)
    _call_context().set_trailing_metadata([("grpc-status-details-bin", status.SerializeToString())])
    raise RuntimeError("partial failure")


def _inputs(outs: Props) -> Props:
    return {key: item for key, item in outs.items() if key != "size"}


def _call_context() -> Any:
    """Return the context of the request that is being answered, found on this thread's stack.

    The SDK hands no context on.
    """
    frame = inspect.currentframe()
    while frame is not None:
        for item in frame.f_locals.values():
            if isinstance(item, grpc.ServicerContext):
                return item
        frame = frame.f_back
    raise LookupError("no request is being answered")


class ThingProvider(ResourceProvider):
    """Makes, changes and removes things."""

    serialize_as_secret_always = False

    def configure(self, req: ConfigureRequest) -> None:
        """Note the configuration that can be seen."""
        note("configure", "", greeting=req.config.get("greeting"), pid=os.getpid())

    def check(self, _olds: Props, news: Props) -> CheckResult:
        """Refuse the text `bad`; add a computed input."""
        note("check", news.get("name", "?"), olds=_olds, news=news)
        failures = [CheckFailure("text", "it is bad")] if news.get("text") == "bad" else []
        return CheckResult({**news, "checked": True}, failures)

    def diff(self, _id: str, _olds: Props, _news: Props) -> DiffResult:
        """Compare all inputs; leave it to the engine if asked to."""
        note("diff", _olds["name"], id=_id, olds=_olds, news=_news)
        if _news.get("undecided"):
            return DiffResult()
        keys = [key for key in {*_olds, *_news} if key not in (_HIDDEN, "size")]
        changed = [key for key in keys if _olds.get(key) != _news.get(key)]
        replaces = [key for key in changed if key == "key"]
        return DiffResult(
            changes=bool(changed), replaces=replaces, delete_before_replace=_news.get("first") is True
        )

    def create(self, props: Props) -> CreateResult:
        """Make a thing."""
        note("create", props["name"], props=props)
        _trouble("create", props)
        number = 1
        while _file(f"{props['name']}-{number}").exists():
            number += 1
        id_ = f"{props['name']}-{number}"
        outs = _store(id_, props)
        _end("create", "" if props.get("nameless") else id_, props, outs)
        return CreateResult(id_, outs)

    def read(self, id_: str, props: Props) -> ReadResult:
        """Look at a thing; what it has become is both inputs and outputs."""
        note("read", props["name"], id=id_, props=props)
        _trouble("read", props)
        if not _file(id_).exists():
            return ReadResult("", {})
        outs = json.loads(_file(id_).read_text())
        _end("read", id_, props, outs)
        return ReadResult(id_, outs, _inputs(outs))

    def update(self, _id: str, _olds: Props, _news: Props) -> UpdateResult:
        """Change a thing."""
        note("update", _olds["name"], id=_id, olds=_olds, news=_news)
        _trouble("update", _news)
        outs = _store(_id, _news)
        _end("update", _id, _news, outs)
        return UpdateResult(outs)

    def delete(self, _id: str, _props: Props) -> None:
        """Remove a thing."""
        note("delete", _props["name"], id=_id, props=_props)
        _trouble("delete", _props)
        _file(_id).unlink(missing_ok=True)


class Thing(Resource, module="things", name="Thing"):
    """One thing."""

    text: pulumi.Output[str]
    size: pulumi.Output[int]

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None, **props: Any) -> None:
        """Declare a thing with these inputs."""
        super().__init__(ThingProvider(), name, {"name": name, "size": None, **props}, opts)


class Box(pulumi.ComponentResource):
    """A component that holds one thing."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None, **props: Any) -> None:
        """Declare a box, and in it a thing with these inputs."""
        super().__init__("test:index:Box", name, None, opts)
        self.thing = Thing(f"{name}-inner", pulumi.ResourceOptions(parent=self), **props)
        self.register_outputs({"text": self.thing.text})
