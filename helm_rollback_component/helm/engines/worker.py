"""The process that runs the Helm library: it serves one request at a time, and ends with its parent.

It speaks the messages of `wire`. After its greeting it answers each request ``{"verb": …, …}`` with
``{"error": null}`` and what was ``found``, or with what Helm said and whether that was a cancellation.
``{"verb": "cancel"}`` stops the request under way.

A cancelled upgrade goes on inside the library: it keeps waiting, and may run hooks or rewrite records
minutes later. So a worker answers a cancelled request and dies at once, as Helm's own program does.
"""

from __future__ import annotations

import os
import resource
import threading
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, Any

import helm_python

from helm_rollback_component.helm.engines import library, library_options
from helm_rollback_component.helm.engines.crash import LARGEST_DOWNLOAD
from helm_rollback_component.helm.engines.leash import LAST_WORDS
from helm_rollback_component.helm.engines.memory_files import readable_path
from helm_rollback_component.helm.engines.wire import Message, receive, send

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_BURST = 1000
_QPS = 500.0
_WAIT = "watcher"
_WAIT_FOR_HOOKS_ONLY = "hookOnly"


class Worker:
    """Serves the requests of one stream and answers on another."""

    def __init__(self, requests: IO[bytes], answers: IO[bytes]) -> None:
        self._requests = requests
        self._answers = answers
        self._context = helm_python.HelmContext()
        self._cancelled = False
        self._operation: threading.Thread | None = None

    def serve(self) -> None:
        """Greet, then serve until the parent has gone.

        An install or upgrade that is under way then is cancelled; anything else has `LAST_WORDS` to end.
        """
        able = sorted(library_options.capabilities(library.takes))
        send(self._answers, {"version": helm_python.helm_sdk_version(), "capabilities": able})
        while (message := receive(self._requests)) is not None:
            if message["verb"] == "cancel":
                self._cancel()
            else:
                self._begin(message)
        self._cancel()
        if self._operation is not None:
            self._operation.join(LAST_WORDS)
            if self._operation.is_alive():
                os._exit(1)

    def _cancel(self) -> None:
        self._cancelled = True
        with suppress(helm_python.HelmError):  # it was over already
            self._context.cancel()

    def _begin(self, message: Message) -> None:
        self._context = helm_python.HelmContext()
        self._operation = threading.Thread(target=self._carry_out, args=(message, self._context))
        self._operation.start()

    def _carry_out(self, message: Message, context: helm_python.HelmContext) -> None:
        cancelled = False
        with context:
            try:
                found = _VERBS[message.pop("verb")](context, **message)
                answer: Message = {"error": None} if found is None else {"error": None, "found": found}
            except helm_python.HelmCancelledError as error:
                cancelled = self._cancelled  # a timeout of Helm's own comes as this error too
                answer = {"error": str(error), "cancelled": cancelled}
            except Exception as error:  # noqa: BLE001  # the parent waits for an answer, whatever it is
                answer = {"error": str(error) or repr(error), "cancelled": False}
        with suppress(OSError):  # the parent died; what it asked for is done all the same
            send(self._answers, answer)
        if cancelled:
            os._exit(0)


@contextmanager
def _cluster(target: Message) -> Iterator[helm_python.Config]:
    # A configuration of its own for each request: one that is kept would remember which APIs there were.
    with (
        readable_path(target["kubeconfig"]) as (path, _),
        helm_python.Config(
            kubeconfig_path=path,
            kube_context=target["context"],
            namespace=target["namespace"],
            burst_limit=_BURST,
            qps=_QPS,
            storage_driver="secret",
        ) as config,
    ):
        yield config


@contextmanager
def _installable(path: str) -> Iterator[helm_python.Chart]:
    with helm_python.Chart.load(path) as chart:
        if chart.metadata.get("type") == "library":  # Helm's program looks; the library behind it does not
            raise helm_python.HelmChartInvalidError("library charts are not installable")
        yield chart


def _deploying(target: Message, deployment: Message) -> dict[str, Any]:
    return {
        "name": target["release"],
        "namespace": target["namespace"],
        "values": deployment["values"],
        "timeout": deployment["timeout"],
        "description": deployment["description"] or None,
        "labels": deployment["labels"] or None,
        "wait": _WAIT,
        **deployment["options"],
    }


def _install(context: helm_python.HelmContext, target: Message, deployment: Message) -> None:
    with _cluster(target) as config, _installable(deployment["chart"]) as chart:
        library.deploy("install", config, chart, context, _deploying(target, deployment))


def _upgrade(context: helm_python.HelmContext, target: Message, deployment: Message) -> None:
    with _cluster(target) as config, _installable(deployment["chart"]) as chart:
        options = {"reset_values": True, **_deploying(target, deployment)}
        library.deploy("upgrade", config, chart, context, options)


def _render(
    context: helm_python.HelmContext, target: Message, deployment: Message, *, install: bool
) -> Message:
    with _cluster(target) as config, _installable(deployment["chart"]) as chart:
        options = {"dry_run": "server", **({} if install else {"reset_values": True})}
        verb, asked = "install" if install else "upgrade", {**options, **_deploying(target, deployment)}
        found = library.deploy(verb, config, chart, context, asked)
        named = {"name": target["release"], "namespace": target["namespace"], "is_upgrade": not install}
        templates = config.render(chart, deployment["values"], **named)
        return {"manifest": found.get("manifest", ""), "hooks": [*_hooks(templates)]}


def _hooks(templates: Mapping[str, str]) -> Iterator[Message]:
    """Yield the templates that may have hooks in them, of which the library tells nothing."""
    for path, text in templates.items():
        if "helm.sh/hook" in text and not path.endswith("NOTES.txt"):
            yield {"manifest": text}


def _rollback(_: helm_python.HelmContext, target: Message, options: Message) -> None:
    with _cluster(target) as config:
        library.act("rollback", config, target["release"], {"wait": _WAIT_FOR_HOOKS_ONLY, **options})


def _uninstall(_: helm_python.HelmContext, target: Message, options: Message) -> None:
    with _cluster(target) as config:
        library.act("uninstall", config, target["release"], {"wait": _WAIT, **options})


def _test(_: helm_python.HelmContext, target: Message, timeout: int) -> None:
    with _cluster(target) as config:
        config.test(target["release"], timeout=timeout)


@contextmanager
def _bounded_memory() -> Iterator[None]:
    """Bound what this process may take while it downloads, where the system can."""
    before = resource.getrlimit(resource.RLIMIT_DATA)
    bounds = (each for each in before if each != resource.RLIM_INFINITY)
    resource.setrlimit(resource.RLIMIT_DATA, (min([LARGEST_DOWNLOAD, *bounds]), before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)


def _pull(_: helm_python.HelmContext, chart: Message, folder: str, credentials: str) -> None:
    with (
        _bounded_memory(),
        readable_path(credentials) as (path, _descriptors),
        helm_python.RegistryClient(
            plain_http=chart["plain_http"], credentials_file=path if credentials else None
        ) as client,
    ):
        client.pull(
            chart["reference"],
            version=chart["version"],
            destination=folder,
            plain_http=chart["plain_http"],
            insecure_skip_tls_verify=chart["insecure"],
        )


def _verify(_: helm_python.HelmContext, archive: str, keyring: str) -> None:
    helm_python.verify(archive, keyring)


def _build_dependencies(_: helm_python.HelmContext, chart: str, *, locked: bool) -> None:
    fetch = helm_python.dependency_build if locked else helm_python.dependency_update
    with _bounded_memory():
        fetch(chart)


_VERBS: dict[str, Callable[..., Message | None]] = {
    "install": _install,
    "upgrade": _upgrade,
    "render": _render,
    "rollback": _rollback,
    "uninstall": _uninstall,
    "test": _test,
    "pull": _pull,
    "verify": _verify,
    "build_dependencies": _build_dependencies,
}


def main() -> None:
    """Serve on the original standard input and output, which nothing else can use by mistake then."""
    with (
        suppress(BrokenPipeError),
        os.fdopen(os.dup(0), "rb") as requests,
        os.fdopen(os.dup(1), "wb") as answers,
    ):
        with open(os.devnull, "rb") as nothing:  # noqa: PTH123  # a descriptor is wanted
            os.dup2(nothing.fileno(), 0)
        os.dup2(2, 1)
        Worker(requests, answers).serve()
