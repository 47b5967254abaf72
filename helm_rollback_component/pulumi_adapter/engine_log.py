"""Lines in the resource's own row of `pulumi up`, while a provider works.

A dynamic provider is started with the address of the engine's own service as its first argument, and
`pulumi.log` has no engine in that process; so the service is called directly. Where there is none, as in a
script or a unit test, nothing is said.

A process serves one run of the engine, so it knows what stays in a row: what a refresh has explained is
not explained again by the update after it. Where another process serves the update, the state tells it.
"""

from __future__ import annotations

import functools
import hashlib
import re
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

EXPLAINED_IN = "explained_in"
"""Output of a refresh that has explained why the release is not as declared: in which run of the engine."""
_ADDRESS = re.compile(r"[\w.\-\[\]:]+:\d+")


class ResourceLog:
    """Writes to one resource's row.

    Args:
        urn: the resource's URN, or an empty string for the stack's own row.
        redact: takes the secrets out of each line.
    """

    def __init__(self, urn: str, redact: Callable[[str], str]) -> None:
        self._urn = urn
        self._redact = redact

    def progress(self, message: str) -> None:
        """Show what is being done; the next line takes its place."""
        self._write("INFO", message, ephemeral=True)

    def information(self, message: str, quoted: str = "") -> None:
        """Show something that stays and is nothing to worry about; below it what others have written."""
        self._write("INFO", message, quoted, ephemeral=False)

    def warning(self, message: str, quoted: str = "") -> None:
        """Show a warning that stays; below it what others have written."""
        self._write("WARNING", message, quoted, ephemeral=False)

    def explanation(self, text: str) -> None:
        """Show why the release is not as declared; it stays, and is not shown again in this run."""
        if not self.explained(text):
            _explained.add((self._urn, text))
            self.information(text)

    def warning_explained(self, heading: str, explanation: str) -> None:
        """Show a warning that stays, and below it an explanation unless that is shown already in this run."""
        known = self.explained(explanation)
        _explained.add((self._urn, explanation))
        self.warning(heading if known else f"{heading}\n{explanation}")

    def recall(self, properties: Mapping[str, Any]) -> None:
        """Take note of what a refresh of this run has explained in another process, as the state tells."""
        this = run()
        if this and properties.get(EXPLAINED_IN) == this:
            _explained.add((self._urn, properties["message"]))

    def explained(self, text: str) -> bool:
        """Whether that explanation is shown already in this run."""
        return (self._urn, text) in _explained

    def _write(self, severity: str, message: str, quoted: str = "", *, ephemeral: bool) -> None:
        engine = _engine()
        if engine is None:
            return
        import grpc  # type: ignore[import-untyped]  # noqa: PLC0415  # loaded already where there is an engine
        from pulumi.runtime.proto import engine_pb2  # noqa: PLC0415

        line = engine_pb2.LogRequest(
            severity=engine_pb2.LogSeverity.Value(severity),
            message="\n".join(filter(None, (_spelled(self._redact(message)), self._redact(quoted)))),
            urn=self._urn,
            ephemeral=ephemeral,
        )
        try:
            engine.Log(line, timeout=5)
        except grpc.RpcError:
            return


def spell(how: Callable[[str], str]) -> None:
    """Have every line of this process spelled so from now on: programs in other languages name inputs so.

    What is quoted stays as it is.
    """
    global _spelled  # noqa: PLW0603  # a process serves programs of one language
    _spelled = how


_spelled: Callable[[str], str] = str
_explained: set[tuple[str, str]] = set()
"""The explanations that this process has shown, each after the URN of its resource."""


def run() -> str:
    """Return what tells this run of the engine from others; empty without an engine."""
    address = engine_address()
    return hashlib.sha256(address.encode()).hexdigest()[:12] if address else ""


def engine_address() -> str:
    """Return the address of the engine that started this process, or an empty string."""
    address = sys.argv[1] if len(sys.argv) > 1 else ""
    return address if _ADDRESS.fullmatch(address) else ""


@functools.cache
def _engine() -> Any:
    address = engine_address()
    if not address:
        return None
    import grpc  # noqa: PLC0415
    from pulumi.runtime.proto import engine_pb2_grpc  # noqa: PLC0415

    return engine_pb2_grpc.EngineStub(grpc.insecure_channel(address))
