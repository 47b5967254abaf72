"""What Pulumi asks of a release: check, diff, create, update, read, delete.

This module knows Pulumi and nothing of Helm. The names of the module and of the class stand in users' state
and are kept for ever. The class holds nothing: Pulumi pickles it. What only some of the requests need is
imported by them: the process starts quickly, and a program, which imports this module too, never needs it.
"""

from __future__ import annotations

import secrets
import sys
from typing import TYPE_CHECKING, Any

from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)

from helm_rollback_component.errors import Problem
from helm_rollback_component.pulumi_adapter import (
    parallelism,
    present_kubeconfigs,
    process_lifetime,
    replacements,
    run_kind,
    stack_settings,
    state,
    stderr,
)
from helm_rollback_component.pulumi_adapter.engine_log import ResourceLog
from helm_rollback_component.pulumi_adapter.error_text import in_one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pulumi.dynamic import ConfigureRequest

    from helm_rollback_component.pulumi_adapter.managed_release import ManagedRelease

_Properties = dict[str, Any]


class ReleaseProvider(ResourceProvider):
    """A release. An operation that leaves it in any other phase than the declared one is a partial failure.

    Pulumi then saves the outputs, which say what is deployed, and fails the update with the reason.
    """

    serialize_as_secret_always = False

    def configure(self, req: ConfigureRequest) -> None:
        """Set the process up: errors in one line, an end with its engine, room for many operations."""
        sys.tracebacklimit = 0
        stderr.install()
        process_lifetime.end_with_engine()
        stack_settings.note(getattr(req.config, "_props", {}))  # there is no public way to all of it
        parallelism.allow(req.config.get(parallelism.SETTING))

    def check(self, olds: _Properties, news: _Properties) -> CheckResult:
        """Refuse bad inputs, all of them at once, and compute the plan that the preview shows.

        A failure names its input in its text alone: the engine prints the value of a property that one names,
        and of a secret one what it holds.
        """
        inputs, problems = self.checked(olds, news)
        return CheckResult(inputs, [CheckFailure("", str(problem)) for problem in problems])

    def checked(self, olds: _Properties, news: _Properties) -> tuple[_Properties, list[Problem]]:
        """Return the inputs, with those that are computed, and everything that is wrong with them."""
        from helm_rollback_component.pulumi_adapter import unchanged  # noqa: PLC0415  # not for a program

        inputs = dict(news)
        inputs.pop("__provider", None)
        present_kubeconfigs.note_inputs(inputs)
        run_kind.note(dry_run=inputs.pop(run_kind.DRY_RUN, False))
        held = inputs.pop(state.HELD, None) or {}
        if refusals := inputs.pop(state.REFUSALS, None):
            return state.with_markers(inputs), [Problem(*refusal) for refusal in refusals.items()]
        if again := unchanged.checked_before(olds, inputs):
            return again, []
        computed, problems = _computed(olds, inputs)
        inputs |= computed
        if held and not problems:
            problems = _held_by_others(olds, inputs, held)
        if not olds and not problems and run_kind.is_preview():
            _tell_of_creation(inputs)
        return state.with_markers(inputs), problems

    def diff(self, _id: str, olds: _Properties, news: _Properties) -> DiffResult:
        """Tell whether anything is to be done, without asking the cluster unless the kubeconfig changed."""
        names = state.changed(olds, news)
        replaces = state.replaces(olds, news)
        if state.moves_cluster(names, news) and _another_cluster(olds, news):
            replaces.append("kubeconfig")
        replacements.note(olds, news, replaces)
        changes = bool(names) or state.to_be_tried_again(olds, news)
        if state.rests(olds, names):
            _tell_what_is_known(olds, news)
        elif changes and not replaces and run_kind.is_preview():
            _tell_what_is_foreseen(olds, news)
        return DiffResult(
            changes=changes,
            replaces=replaces,
            delete_before_replace=True,
        )

    def create(self, props: _Properties) -> CreateResult:
        """Deploy; fails without a state only where nothing was left behind."""
        with in_one_line(props):
            replacements.forget(props)
            release = _release(props, incarnation=secrets.token_hex(8))
            cluster = release.operations.cluster_identity  # it may not answer any more afterwards
            status = release.deploy()
            outs = release.outputs(props, status, cluster)
        release.settle(status, outs)
        return CreateResult(release.id, outs)

    def update(self, _id: str, olds: _Properties, news: _Properties) -> UpdateResult:
        """Bring the release to the new inputs, or back to its last good revision."""
        with in_one_line(news, olds):
            release = _release(news, incarnation=olds["incarnation"], cluster=olds["cluster"], before=olds)
            status = release.operations.upgrade()
            outs = release.outputs(news, status, release.operations.cluster_identity)
        release.settle(status, outs)
        return UpdateResult(outs)

    def read(self, id_: str, props: _Properties) -> ReadResult:
        """Look at the release as it is; it is gone only when its claim is gone too."""
        with in_one_line(props):
            found = _stored_release(props).found(props)
        return ReadResult(id_, *found) if found else ReadResult("", {}, {})

    def delete(self, id_: str, props: _Properties) -> None:
        """Uninstall what this very creation deployed unless another resource has it; release the claim.

        What is to be replaced stays where the release that replaces it is certain not to be created.
        """
        from helm_rollback_component.pulumi_adapter import handover  # noqa: PLC0415  # not for a program

        with in_one_line(props):
            if replacement := replacements.that_deletes(props["incarnation"]):
                successor = _release(replacement.inputs, incarnation="")
                successor.operations.validate_creation(replaced=replacement.deleted)
            receiver = handover.receiver(id_, props)
            _stored_release(props).operations.delete(now_managed_by=receiver)


def _computed(olds: _Properties, inputs: _Properties) -> tuple[dict[str, str], list[Problem]]:
    from helm_rollback_component.pulumi_adapter import (  # noqa: PLC0415  # slow to import
        check,
        declaration,
        managed_namespace,
    )

    config, problems = check.parsed(inputs)
    problems.extend(managed_namespace.problems(olds, inputs))
    if problems:
        show = declaration.redactor(inputs)
        return {}, [Problem(show(problem.path), show(problem.message)) for problem in problems]
    owner = inputs.get("owner", {}).get("urn")
    return check.computed_inputs(config, olds, owner) if config else {}, []


def _held_by_others(
    olds: Mapping[str, Any], inputs: Mapping[str, Any], held: Mapping[str, Any]
) -> list[Problem]:
    from helm_rollback_component.pulumi_adapter import ownership  # noqa: PLC0415  # as above

    return list(ownership.problems(olds, inputs, held))


def _release(properties: Mapping[str, Any], **of_today: Any) -> ManagedRelease:
    from helm_rollback_component.pulumi_adapter.managed_release import ManagedRelease  # noqa: PLC0415  # as above

    return ManagedRelease(properties, **of_today)


def _stored_release(properties: Mapping[str, Any]) -> ManagedRelease:
    from helm_rollback_component.pulumi_adapter.managed_release import ManagedRelease  # noqa: PLC0415  # as above

    return ManagedRelease(
        properties,
        incarnation=properties["incarnation"],
        cluster=properties["cluster"],
        others=present_kubeconfigs.present(),
    )


def _another_cluster(olds: _Properties, news: _Properties) -> bool:
    from helm_rollback_component.pulumi_adapter.declaration import NotYetKnown  # noqa: PLC0415  # as above

    with in_one_line(news, olds):
        try:
            release = _release(news, incarnation=olds["incarnation"])
        except NotYetKnown:
            return False
        return bool(release.operations.leads_elsewhere(olds["cluster"]))


def _tell_what_is_known(olds: Mapping[str, Any], news: Mapping[str, Any]) -> None:
    """Say what an update with unchanged inputs comes to, where the last one was rolled back."""
    from helm_rollback_component.core.remediation import nothing_tried  # noqa: PLC0415  # not for a program

    row = ResourceLog(news["owner"]["urn"], redact=str)
    accepted = state.accepts_phase(olds, news)
    row.recall(olds)
    why = nothing_tried.in_short(state.rollback_reason(olds))
    if run_kind.is_preview() and not accepted:
        row.warning_explained(f"this update will fail: {why}", olds["message"])
    elif accepted and run_kind.is_update():
        row.warning_explained(f"what runs is still not what was declared: {why}", olds["message"])


def _tell_of_creation(inputs: Mapping[str, Any]) -> None:
    from helm_rollback_component.pulumi_adapter import foreseen_creation  # noqa: PLC0415  # as above

    foreseen_creation.tell(inputs)


def _tell_what_is_foreseen(olds: Mapping[str, Any], news: Mapping[str, Any]) -> None:
    from helm_rollback_component.pulumi_adapter import foreseen  # noqa: PLC0415  # as above

    foreseen.tell(olds, news)
