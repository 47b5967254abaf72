"""What is known to be wrong with versions of Helm, as far as it changes how an operation ends. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from helm_rollback_component.helm.engines.arguments import Version

_ISSUES = "https://github.com/helm/helm/issues/"


@dataclass(frozen=True)
class _Fault:
    """One fault.

    Attributes:
        issue: the number of the public report.
        versions: where it is: from the first version on, and no longer in the second one.
        effect: what it does, as the end of a sentence about the version.
    """

    issue: int
    versions: tuple[tuple[Version, Version], ...]
    effect: str

    def affects(self, version: Version) -> bool:
        return any(since <= version < fixed for since, fixed in self.versions)


_FAULTS = (
    _Fault(
        31516,
        (((4, 0, 0), (4, 0, 1)),),
        "does not own the fields of objects that an upgrade adds, so that later upgrades conflict",
    ),
    _Fault(
        31610,
        (((4, 0, 0), (4, 0, 5)),),
        "waits for readiness in vain where the user may not list objects of the whole cluster",
    ),
    _Fault(
        31729,
        (((4, 0, 0), (4, 1, 1)),),
        "waits for its whole timeout although a hook or an object has failed",
    ),
    _Fault(
        31768,
        (((4, 0, 0), (4, 1, 1)),),
        "deletes an object when the chart changes its API version",
    ),
    _Fault(
        32214,
        (((4, 2, 1), (4, 2, 2)),),
        "waits for its whole timeout where an object is deleted at once, before each hook for example",
    ),
    _Fault(
        32244,
        (((4, 0, 0), (4, 0, 5)), ((4, 1, 0), (4, 2, 0))),
        "cannot roll back where an object is there that the newest revision does not have",
    ),
)


def known_faults(version: Version | None) -> tuple[str, ...]:
    """Return one sentence for each fault of a version, with the address of its report; none if not known."""
    if version is None:
        return ()
    name = ".".join(map(str, version))
    return tuple(
        f"Helm {name} {fault.effect} ({_ISSUES}{fault.issue}); use a newer version"
        for fault in _FAULTS
        if fault.affects(version)
    )
