"""What Pulumi's state holds of a release: the names of inputs and outputs, and how they differ.

Pure, and quick to import: this is all that an unchanged release needs. Property names here are kept for ever,
because users' state holds them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pulumi.output import Unknown
from pulumi.runtime.rpc import UNKNOWN

from helm_rollback_component.args import FIELDS
from helm_rollback_component.inputs.property_paths import value_at
from helm_rollback_component.inputs.tree import map_leaves, same
from helm_rollback_component.reasons import find
from helm_rollback_component.results import Phase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from helm_rollback_component.results import ReleaseStatus

DECLARED = tuple(FIELDS)
"""Inputs that a user declares."""
CONTENT = "content"
"""Computed input: digest of the content of a local chart and of value files, so that an edit is a change."""
CHART = "chart"
"""Computed input: name and version of the declared chart."""
PLAN = "plan"
"""Computed input: what the update will do, for the preview."""
OBSERVED = "observed"
"""Computed by a refresh, where it found something that this program did not do: what that was."""
CHECKED_BY = "checked_by"
"""Computed input: the version of this package whose check the inputs have passed."""
REPLACE_ON_CHANGES = "replace_on_changes"
"""Input of the component's making: paths whose change replaces the release, from the option of that name."""
COMPUTED = (CONTENT, CHART, PLAN, CHECKED_BY)
DELETE_UNREACHABLE = "delete_unreachable"
"""Input of the component's making: True if the provider lets the release go when its cluster is gone."""
REFUSALS = "refusals"
"""Input of the component's making, which check takes out again: what is wrong in the program, by input."""
HELD = "held"
"""Input of the component's making, which check takes out again: what resources in the state have."""
OF_PLUGIN = "__state"
"""Output of the plugin's resource that no program sees: what only the provider needs."""
CONTEXT = ("owner", "secret_paths", REPLACE_ON_CHANGES, DELETE_UNREACHABLE)
"""Inputs of the component's making."""
_REACHES_THE_CLUSTER = ("kubeconfig", "context")
_IDENTITY = ("release_name", "release_namespace")


def checked_inputs_of(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs, computed ones included, among a resource's outputs."""
    return {key: properties[key] for key in (*DECLARED, *CONTEXT, *COMPUTED) if key in properties}


def with_markers(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return the properties with unknown values in the form that goes back to the engine."""
    marked: dict[str, Any] = map_leaves(properties, _mark)
    return marked


def changed(olds: Mapping[str, Any], news: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the declared inputs and of what else an update takes over that differ."""
    return tuple(
        key for key in (*DECLARED, CONTENT, DELETE_UNREACHABLE) if not same(olds.get(key), news.get(key))
    )


def replaces(olds: Mapping[str, Any], news: Mapping[str, Any]) -> list[str]:
    """Return the changes that replace the release: of its name or namespace, and of what the options name."""
    asked = news.get(REPLACE_ON_CHANGES) or ()
    if "*" in asked:
        return list(changed(olds, news))
    return [path for path in (*_IDENTITY, *asked) if not same(value_at(olds, path), value_at(news, path))]


def moves_cluster(names: tuple[str, ...], news: Mapping[str, Any]) -> bool:
    """Whether the changed inputs may mean another cluster; not as long as they are unknown."""
    known = not any(isinstance(news.get(name), Unknown) for name in _REACHES_THE_CLUSTER)
    return known and any(name in _REACHES_THE_CLUSTER for name in names)


def to_be_tried_again(olds: Mapping[str, Any], news: Mapping[str, Any]) -> bool:
    """Whether an unchanged release is updated nevertheless: it is not as declared, or was found changed."""
    phase = olds.get("phase")
    not_as_declared = phase is not None and not accepts_phase(olds, news)
    return bool(olds.get(OBSERVED)) or not_as_declared or rolled_back_blamelessly(olds)


def rolled_back_blamelessly(olds: Mapping[str, Any]) -> bool:
    """Whether the last update was rolled back for what has nothing to do with its spec."""
    return olds.get("phase") == Phase.ROLLED_BACK and find(rollback_reason(olds)).tried_again


def deployed_since(olds: Mapping[str, Any], status: ReleaseStatus) -> bool:
    """Whether a good revision is newer than the one that the outputs in the state tell of."""
    return status.phase is Phase.DEPLOYED and status.revision > olds.get("revision", status.revision)


def rollback_reason(olds: Mapping[str, Any]) -> str:
    """Return the reason word of the last rollback that the outputs tell of."""
    return str(value_at(olds, "rollback_status.reason"))


def rests(olds: Mapping[str, Any], names: tuple[str, ...]) -> bool:
    """Whether an update with these changes tries nothing, because the same spec was rolled back before."""
    rolled_back = olds.get("phase") == Phase.ROLLED_BACK and not rolled_back_blamelessly(olds)
    return not names and rolled_back and not olds.get(OBSERVED)


def accepts_phase(olds: Mapping[str, Any], inputs: Mapping[str, Any]) -> bool:
    """Whether an update succeeds with the phase in `olds`, as far as the inputs are known."""
    phase = olds.get("phase")
    warns = value_at(inputs, "operations.rollback.on_rollback") == "warn"
    return phase == Phase.DEPLOYED or (phase == Phase.ROLLED_BACK and warns)


def outputs(
    properties: Mapping[str, Any], status: ReleaseStatus, *, incarnation: str, cluster: str, message: str
) -> dict[str, Any]:
    """Return everything that is written to state after an action: the inputs as given, and what is.

    Args:
        properties: the checked inputs.
        status: the release as it is now.
        incarnation: which creation of this release this is.
        cluster: which cluster it lives on.
        message: what a failing update says.
    """
    found = status.as_outputs()
    found["revisions"] = found.pop("history")
    return {
        **properties,
        **found,
        "incarnation": incarnation,
        "cluster": cluster,
        "message": message,
    }


def _mark(leaf: Any) -> Any:
    return UNKNOWN if isinstance(leaf, Unknown) else leaf
