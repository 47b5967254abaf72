"""Which requests reached the API server, and who sent them, as its own record tells."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tools.ground import Ground

_OURS = "helm-rollback"
_HELM = "Helm/"
_TOLD = 8
_WRITES = ("patch", "update")


@dataclass
class Requests:
    """Requests by sender; a watch counts once.

    Attributes:
        ours: those of this project's Python, by verb and resource, such as `get deployments`.
        helm: those of Helm.
    """

    ours: list[str] = field(default_factory=list)
    helm: list[str] = field(default_factory=list)

    @property
    def unrenewing(self) -> list[str]:
        """Ours without those that renew a lock."""
        renewals = {f"{verb} leases" for verb in _WRITES}
        return [request for request in self.ours if request not in renewals]

    def most(self) -> str:
        """Return what most of ours are, in words."""
        return ", ".join(f"{count} x {request}" for request, count in Counter(self.ours).most_common(_TOLD))

    def add(self, event: dict[str, Any]) -> None:
        """Add what an event of the record tells, if it is ours or Helm's."""
        agent = event.get("userAgent", "")
        what = event.get("objectRef", {}).get("resource") or event["requestURI"]
        request = f"{event['verb']} {what}"
        if agent.startswith(_OURS):
            self.ours.append(request)
        elif agent.startswith(_HELM):
            self.helm.append(request)


@contextmanager
def requests(ground: Ground) -> Iterator[Requests]:
    """Give an object that holds the requests of the block once it has ended."""
    begins = ground.audit_log.stat().st_size
    found = Requests()
    yield found
    with ground.audit_log.open("rb") as log:
        log.seek(begins)
        for event in _whole(log):
            found.add(json.loads(event))


def _whole(lines: Iterable[bytes]) -> Iterator[bytes]:
    return (line for line in lines if line.endswith(b"\n"))
