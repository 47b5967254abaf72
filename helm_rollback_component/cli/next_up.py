"""What the next `pulumi up` would do with a release of a stack, if its program stays as it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from helm_rollback_component.core.remediation import assessment, explanation
from helm_rollback_component.errors import HelmRollbackError, ValidationError
from helm_rollback_component.inputs.property_paths import value_at
from helm_rollback_component.inputs.secret_values import credentials_in
from helm_rollback_component.pulumi_adapter import check, declaration, state

if TYPE_CHECKING:
    from collections.abc import Mapping

    from helm_rollback_component.cli.connection import Connection
    from helm_rollback_component.config import HelmConfig
    from helm_rollback_component.results import ReleaseStatus

_NOTHING = "nothing: neither the inputs in the state nor the files that they name have changed"
_UNSEEN = "nothing, as the state does not know what happened since; after `pulumi refresh`: "
_NOT_KNOWN = "not known: "
_FROM_WHERE = "files are looked for from the folder of the program, so run it there"


@dataclass(frozen=True)
class NextUp:
    """What the next update would do.

    Attributes:
        told: that, in one line.
        changes: what it would change in the manifests, as a preview shows it.
    """

    told: str
    changes: tuple[str, ...] = ()


def next_up(
    saved: Mapping[str, Any], hidden: tuple[str, ...], status: ReleaseStatus, connection: Connection
) -> NextUp:
    """Return it; what cannot be known is said.

    Args:
        saved: the properties of the release in the state.
        hidden: the names of those that are encrypted.
        status: the release as it is.
        connection: where it is.
    """
    if hidden:
        return NextUp(f"{_NOT_KNOWN}the state has these inputs encrypted: {', '.join(hidden)}")
    try:
        return _Ahead(saved, connection).look(status)
    except ValidationError as error:
        return NextUp(f"{_NOT_KNOWN}{connection.redact(str(error))}; {_FROM_WHERE}")
    except HelmRollbackError as error:
        return NextUp(f"{_NOT_KNOWN}{connection.redact(str(error))}")


class _Ahead:
    def __init__(self, saved: Mapping[str, Any], connection: Connection) -> None:
        there = {"kubeconfig": connection.kubeconfig, "context": connection.context}
        declared = declaration.read({**saved, **there})
        declared.redact.learn(credentials_in(connection.kubeconfig))
        self._config: HelmConfig = declared.config
        self._connection = replace(connection, redact=declared.redact)
        self._saved = saved
        computed = check.computed_inputs(declared.config, saved, declared.owner["urn"])
        self._news = {**saved, state.CONTENT: computed[state.CONTENT]}

    def look(self, status: ReleaseStatus) -> NextUp:
        now = self._with(self._saved)
        if now is None and _differs(self._saved, status):
            later = self._with(_refreshed(self._saved, status)) or NextUp(_NOTHING)
            return replace(later, told=f"{_UNSEEN}{later.told}")
        return now or NextUp(_NOTHING)

    def _with(self, olds: Mapping[str, Any]) -> NextUp | None:
        """Return what the update does where the state holds `olds`; None for nothing."""
        names = state.changed(self._saved, self._news)
        if state.rests(olds, names):
            return NextUp(_of_rest(olds, accepted=state.accepts_phase(olds, olds)))
        return self._foreseen() if names or state.to_be_tried_again(olds, self._news) else None

    def _foreseen(self) -> NextUp:
        lines: list[str] = []
        self._connection.operations(self._config).foresee(lines.append)
        first, *changes = lines
        return NextUp(first.removeprefix(f"{self._config.label}: "), tuple(changes))


def _of_rest(olds: Mapping[str, Any], *, accepted: bool) -> str:
    reason = value_at(olds, "rollback_status.reason")
    end = "succeeds with a warning" if accepted else "fails and says so"
    return f"nothing is tried, because these inputs were rolled back ({reason}); the update {end}"


def _differs(saved: Mapping[str, Any], status: ReleaseStatus) -> bool:
    return (saved.get("phase"), saved.get("revision")) != (status.phase, status.revision)


def _refreshed(saved: Mapping[str, Any], status: ReleaseStatus) -> dict[str, Any]:
    """Return what a refresh would write to the state, as far as it decides what an update does."""
    found, change = status.as_outputs(), assessment.found_foreign_change(status)
    observed = {state.OBSERVED: change} if change else {}
    seen = {key: found[key] for key in ("phase", "revision", "rollback_status")}
    return {**saved, **seen, **observed, "message": explanation.explain(status)}
