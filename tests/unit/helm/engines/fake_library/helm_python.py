"""A stand-in for Helm's library: writes down what it is asked, and does what the release's name says.

Its Python functions know of some options; ``disable_hooks``, ``skip_crds`` and ``disable_openapi_validation``
go past them. Of an uninstall it has no ``disable_hooks``, and of an upgrade no ``skip_crds``.
"""

import json
import os
import resource
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

_PATIENCE = 300


class HelmError(Exception):
    """Base of the library's errors."""


class HelmCancelledError(HelmError):
    """Cancelled, or out of time: the library tells them apart by their words only."""


class HelmChartInvalidError(HelmError):
    """A chart that cannot be used."""


class HelmInvalidArgError(HelmError):
    """An option that is unknown, or has a wrong value."""


class _Handle:
    def _raw(self) -> Self:
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go."""


class HelmContext(_Handle):
    """A way to cancel."""

    def __init__(self) -> None:
        self.cancelled = threading.Event()

    def cancel(self) -> None:
        self.cancelled.set()


class Chart(_Handle):
    """A chart, whose path says what it is."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.metadata = {"type": "library" if "library" in path else "application"}

    @classmethod
    def load(cls, path: str) -> Self:
        return cls(path)


class Config(_Handle):
    """A cluster."""

    def __init__(self, **options: Any) -> None:
        self.options = {**options, "kubeconfig_path": Path(options["kubeconfig_path"]).read_text()}

    def install(  # noqa: PLR0913  # options by name, as the library has them
        self,
        chart: Chart,
        name: str,
        values: dict[str, Any],
        *,
        context: HelmContext,
        namespace: str,
        timeout: int,
        wait: str,
        description: str | None,
        labels: dict[str, str] | None,
        take_ownership: bool = False,
        dry_run: str | None = None,
    ) -> dict[str, Any]:
        given = {"namespace": namespace, "timeout": timeout, "wait": wait, "description": description}
        given |= {"labels": labels, "take_ownership": take_ownership}
        given |= {"dry_run": dry_run} if dry_run else {}
        self.act("install", name=name, context=context, chart=chart.path, values=values, **given)
        return {"name": name, "manifest": "kind: ConfigMap"}

    def upgrade(  # noqa: PLR0913  # the same
        self,
        chart: Chart,
        name: str,
        values: dict[str, Any],
        *,
        context: HelmContext,
        namespace: str,
        timeout: int,
        wait: str,
        description: str | None,
        labels: dict[str, str] | None,
        reset_values: bool,
        take_ownership: bool = False,
        dry_run: str | None = None,
    ) -> dict[str, Any]:
        given = {"namespace": namespace, "timeout": timeout, "wait": wait, "description": description}
        given |= {"labels": labels, "reset_values": reset_values, "take_ownership": take_ownership}
        given |= {"dry_run": dry_run} if dry_run else {}
        self.act("upgrade", name=name, context=context, chart=chart.path, values=values, **given)
        return {"name": name, "manifest": "kind: ConfigMap"}

    def render(self, chart: Chart, values: dict[str, Any], **given: Any) -> dict[str, str]:
        _note({"verb": "render", "chart": chart.path, "values": values, **given})
        hook = "metadata: {annotations: {helm.sh/hook: test}}"
        return {"a.yaml": "kind: ConfigMap", "b.yaml": hook, "NOTES.txt": "see helm.sh/hook"}

    def rollback(self, name: str, *, version: int, timeout: int, wait: str) -> None:
        self.act("rollback", name=name, version=version, timeout=timeout, wait=wait)

    def uninstall(self, name: str, *, keep_history: bool, timeout: int, wait: str) -> None:
        self.act("uninstall", name=name, keep_history=keep_history, timeout=timeout, wait=wait)

    def test(self, name: str, *, timeout: int) -> None:
        self.act("test", name=name, timeout=timeout)

    def act(self, verb: str, *, name: str, context: HelmContext | None = None, **options: Any) -> None:
        _note({"verb": verb, "name": name, "cluster": self.options, **options})
        match name:
            case "fails":
                raise HelmError("it failed")
            case "absent":
                raise HelmError("uninstall: Release not loaded: absent: release: not found")
            case "overdue":
                raise HelmCancelledError("context deadline exceeded")
            case "breaks":
                raise ZeroDivisionError
            case "dies":
                os.write(2, b"fatal error: all goroutines are asleep\n")
                os._exit(2)
            case "waits":
                _wait(context)
            case "deaf":
                threading.Event().wait(_PATIENCE)
            case "late":
                while not Path(os.environ["FAKE_LIBRARY_GATE"]).exists():
                    threading.Event().wait(0.02)


class RegistryClient(_Handle):
    """A registry."""

    def __init__(self, *, plain_http: bool, credentials_file: str | None) -> None:
        self.credentials = Path(credentials_file).read_text() if credentials_file else ""
        self.plain_http = plain_http

    def pull(self, reference: str, **options: Any) -> None:
        bound = resource.getrlimit(resource.RLIMIT_DATA)[0]
        note = {"verb": "pull", "reference": reference, "credentials": self.credentials, "memory": bound}
        _note({**note, **options})


def verify(archive: str, keyring: str) -> None:
    _note({"verb": "verify", "archive": archive, "keyring": keyring})


def dependency_build(chart: str) -> None:
    _note({"verb": "dependency_build", "chart": chart})


def dependency_update(chart: str) -> None:
    _note({"verb": "dependency_update", "chart": chart})


def helm_sdk_version() -> str:
    return "v4.9.9"


def _wait(context: HelmContext | None) -> None:
    if context is not None and context.cancelled.wait(_PATIENCE):
        raise HelmCancelledError("context canceled")


def _note(asked: dict[str, Any]) -> None:
    with Path(os.environ["FAKE_LIBRARY_NOTES"]).open("a") as notes:
        notes.write(json.dumps({"worker": os.getpid(), **asked}) + "\n")


class _native:  # noqa: N801  # a module of the library's
    """Calls that get options as they are."""

    _BEYOND: ClassVar = {
        "install": {"disable_hooks", "skip_crds", "disable_openapi_validation"},
        "upgrade": {"disable_hooks", "disable_openapi_validation"},
        "rollback": {"disable_hooks"},
        "uninstall": set(),
    }

    @staticmethod
    def HANDLE(number: int) -> int:  # noqa: N802  # a type of the library's
        return number

    @classmethod
    def call_string(cls, function: str, config: Config, *arguments: Any) -> str:
        verb = function.removeprefix("helm_")
        *given, packed = arguments
        options = json.loads(packed)
        cls._check(verb, options)
        if verb in ("install", "upgrade"):
            context, chart, _, name, values = given
            more = {"context": context, "chart": chart.path, "values": json.loads(values)}
        else:
            (name,), more = given, {}
        config.act(verb, name=name, **more, past_python=True, **options)
        return "{}"

    call_status = call_string

    @classmethod
    def _check(cls, verb: str, options: dict[str, Any]) -> None:
        for name, value in options.items():
            if isinstance(value, list):
                known = name in cls._BEYOND[verb]
                fault = f"cannot unmarshal array into .{name}" if known else f'unknown field "{name}"'
                raise HelmInvalidArgError(f"invalid {verb} options JSON: json: {fault}")
