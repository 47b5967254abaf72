"""Which resource of the state a declaration is about: by its URN, or by an alias."""

from collections.abc import Iterable

from pulumi_local_engine.goal import Goal
from pulumi_local_engine.resource import Resource
from pulumi_local_engine.urns import Names, alias_urns


class IdentityError(Exception):
    """A name is taken, or a parent is missing; the URN is that of the resource that is at fault."""

    def __init__(self, urn: str, message: str) -> None:
        """Tell what is wrong with which resource."""
        super().__init__(message)
        self.urn = urn


class Identities:
    """The URNs of one run: those in the state, those seen so far, and what was known under another name."""

    def __init__(self, names: Names, olds: Iterable[Resource]) -> None:
        """Begin with the resources in the state; those that await their deletion have lost their names."""
        self._names = names
        self._olds = {resource.urn: resource for resource in olds if not resource.delete}
        self._seen: set[str] = set()
        self._former: dict[str, str] = {}  # URN to the one that the resource had in the state

    def name(self, goal: Goal) -> str:
        """Return the URN of what is declared, which must be new to this run."""
        urn = self._names.urn(goal.parent, goal.type, goal.name)
        if goal.parent and goal.parent not in self._seen:
            raise IdentityError(urn, f"could not find parent resource {goal.parent}")
        if urn in self._seen:
            raise IdentityError(urn, f"Duplicate resource URN '{urn}'; try giving it a unique name")
        self._seen.add(urn)
        return urn

    def find(self, urn: str, goal: Goal) -> Resource | None:
        """Return the resource in the state that is meant, if there is one."""
        candidates = [urn, *alias_urns(self._names, goal, self._former)]
        found = next((self._olds[one] for one in candidates if one in self._olds), None)
        if found is not None and found.urn != urn:
            self._claim(urn, found.urn)
        return found

    def was(self, urn: str) -> str:
        """Return the URN that a resource had in the state."""
        return self._former.get(urn, urn)

    def is_claimed(self, urn: str) -> bool:
        """Whether a resource with another URN has turned out to be the one that had this URN."""
        return urn in self._former.values()

    def _claim(self, urn: str, former: str) -> None:
        if former in self._seen or self.is_claimed(former):
            raise IdentityError(
                urn, f"Duplicate resource alias '{former}' applied to resource with URN '{urn}'"
            )
        self._former[urn] = former
