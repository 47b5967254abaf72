"""A release brought through one declaration after another, with what there was after each."""

from dataclasses import dataclass
from typing import Any

from tests.e2e.conftest import Bench
from tests.e2e.outcome import Outcome


@dataclass(frozen=True, repr=False)
class Chapter:
    """What there was after one operation.

    Attributes:
        outcome: what the operation did and said.
        statuses: Helm's word for each revision.
        image: what the live Deployment asks for.
        release: what the state says of the release.
    """

    outcome: Outcome
    statuses: list[str]
    image: str
    release: dict[str, Any]

    @property
    def rollback(self) -> dict[str, Any]:
        """What the state says of the rollback."""
        status: dict[str, Any] = self.release["rollback_status"]
        return status


@dataclass
class Teller:
    """Brings the release ``web`` of a bench through one declaration after another."""

    bench: Bench
    strategy: str

    def declare(self, values: dict[str, Any], *, chart: str = "./charts/web", **rollback: Any) -> None:
        """Declare the release."""
        web = self.bench.web(
            values=values,
            source={"chart": chart},
            health={"imagePullGrace": 0},
            operations={"rollback": {"strategy": self.strategy, **rollback}},
        )
        self.bench.project.declare({"web": web})

    def up(self) -> Chapter:
        """Bring the release to what is declared."""
        return self._chapter(self.bench.project.up())

    def refresh(self) -> Chapter:
        """Refresh the stack."""
        return self._chapter(self.bench.project.refresh())

    def _chapter(self, outcome: Outcome) -> Chapter:
        space = self.bench.space
        return Chapter(outcome, space.statuses(), space.image(), self.bench.project.release())
