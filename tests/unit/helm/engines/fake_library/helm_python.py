"""A stand-in for Helm's library: writes down what it is asked, and does what the release's name says."""

import json
import os
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_PATIENCE = 300


class HelmError(Exception):
    """Base of the library's errors."""


class HelmCancelledError(HelmError):
    """Cancelled, or out of time: the library tells them apart by their words only."""


class HelmChartInvalidError(HelmError):
    """A chart that cannot be used."""


class _Handle:
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

    def __init__(self, **options: Any) -> None:  # noqa: ANN401  # written down as it is
        self.options = {**options, "kubeconfig_path": Path(options["kubeconfig_path"]).read_text()}

    def install(self, chart: Chart, *, context: HelmContext, **options: Any) -> None:  # noqa: ANN401
        self._act("install", context=context, chart=chart.path, **options)

    def upgrade(self, chart: Chart, *, context: HelmContext, **options: Any) -> None:  # noqa: ANN401
        self._act("upgrade", context=context, chart=chart.path, **options)

    def rollback(self, name: str, **options: Any) -> None:  # noqa: ANN401
        self._act("rollback", name=name, **options)

    def uninstall(self, name: str, **options: Any) -> None:  # noqa: ANN401
        self._act("uninstall", name=name, **options)

    def test(self, name: str, **options: Any) -> None:  # noqa: ANN401
        self._act("test", name=name, **options)

    def _act(self, verb: str, *, name: str, context: HelmContext | None = None, **options: Any) -> None:  # noqa: ANN401
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


class RegistryClient(_Handle):
    """A registry."""

    def __init__(self, *, plain_http: bool, credentials_file: str | None) -> None:
        self.credentials = Path(credentials_file).read_text() if credentials_file else ""
        self.plain_http = plain_http

    def pull(self, reference: str, **options: Any) -> None:  # noqa: ANN401
        _note({"verb": "pull", "reference": reference, "credentials": self.credentials, **options})


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
