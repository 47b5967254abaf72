"""What a revision is compared with: the look before an action, and the records of the good revisions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from helm_rollback_component.core.health import objects
from helm_rollback_component.core.health.evidence import NOTHING_SEEN, Evidence
from helm_rollback_component.core.health.known_shortage import Standard, allowed, named, noted_before
from helm_rollback_component.core.health.new_tries import tried
from helm_rollback_component.core.health.snapshot import judged
from helm_rollback_component.core.health.unseen import sentences
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.health.field_owners import ForeignFieldsLook
from helm_rollback_component.kube.health.observer import baseline
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any

    from helm_rollback_component.core.health.baseline import Baseline
    from helm_rollback_component.core.health.evidence import Noted
    from helm_rollback_component.core.health.new_tries import Tried
    from helm_rollback_component.core.health.objects import Key, Manifest
    from helm_rollback_component.core.records.history import Record
    from helm_rollback_component.core.remediation.standards import Known, Reference
    from helm_rollback_component.kube.informers.informers import Informers
    from helm_rollback_component.kube.storage.storage import ReleaseStorage


class Comparison:
    """Compares the revisions of one release.

    Args:
        storage: its records.
        namespace: where it is.
    """

    def __init__(self, storage: ReleaseStorage, namespace: str) -> None:
        self._storage = storage
        self._namespace = namespace

    def look_before(
        self, informers: Informers, before: Iterable[Record | None], known: Known
    ) -> tuple[Baseline, Evidence]:
        """Return what there is before an action, and what the good revision that runs lacks.

        Args:
            informers: those of the cluster.
            before: the revisions whose objects may be there now.
            known: what is known of good revisions.
        """
        numbers = sorted({record.revision for record in before if record})
        declared = [each for one in numbers for each in self.objects(one)]
        others = ForeignFieldsLook(informers.cluster, self._namespace, declared)
        found = others.added_to(baseline(informers, self._namespace, declared))
        live = next((each.revision for each in known.references if each.live), 0)
        lacks = noted_before(self.objects(live), self._namespace, found) if live else ()
        seen = Evidence(serving=live, before=lacks, lacking=sentences(found.unseen))
        return replace(found, condemned=known.condemned, tried=self._tried(known)), seen

    def _tried(self, known: Known) -> Mapping[Key, Tried]:
        """Return what was declared and came to no good end, so that it may be there still."""
        if not known.tried:
            return {}
        bad = [self.objects(each) for each in known.tried]
        good = [self.objects(each.revision) for each in known.references]
        return tried(bad, good, self._namespace)

    def allowed(self, revision: int, known: Known, seen: Evidence = NOTHING_SEEN) -> Mapping[Key, int]:
        """Return how much the objects of a revision may lack.

        Records are read again only where a revision that it is compared with was not ready in whole.

        Args:
            revision: its number.
            known: the good revisions that it is compared with.
            seen: what was seen of the one that ran before.
        """
        lacked = {each.revision: _lacked(each, seen) for each in known.references}
        names = {name for noted in lacked.values() for name, _ in noted}
        if not names:
            return {}

        def matters(declared: Manifest) -> bool:
            return named(objects.key(declared, self._namespace)) in names

        standards = [Standard(self.objects(one, matters), noted) for one, noted in lacked.items() if noted]
        return allowed(self.objects(revision, matters), self._namespace, standards)

    def objects(self, revision: int, whole: Callable[[Manifest], bool] = judged) -> Sequence[dict[str, Any]]:
        """Return the objects of a revision, hooks included; nothing while it has no record.

        Args:
            revision: its number.
            whole: which of them are needed in whole.
        """
        try:
            return self._storage.objects(revision, whole)
        except OperationError as error:
            if error.reason != Reason.REVISION_MISSING:
                raise
            return ()


def _lacked(reference: Reference, seen: Evidence) -> Noted:
    """Return the most that each object lacked."""
    live = seen.before if reference.live else ()
    return tuple(sorted((*reference.noted, *live)))
