"""What Pulumi's state holds of a release, and what makes a difference in it."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi.runtime.rpc import UNKNOWN

from helm_rollback_component.config import HelmConfig
from helm_rollback_component.inputs.chart_values import encode
from helm_rollback_component.pulumi_adapter import state
from helm_rollback_component.results import RollbackStatus
from tests.unit.pulumi_adapter.properties import LATER, LEAST, STATUS


class TestNames:
    """Users' state holds these names for ever."""

    def test_of_the_declared_inputs(self) -> None:
        assert set(state.DECLARED) >= {
            "adopt",
            "context",
            "delete_namespace",
            "description",
            "disable_hooks",
            "disable_openapi_validation",
            "force_update",
            "health",
            "helm",
            "history",
            "kubeconfig",
            "labels",
            "manage_namespace",
            "operations",
            "post_renderer",
            "release_name",
            "release_namespace",
            "skip_crds",
            "source",
            "take_ownership",
            "timeouts",
            "value_files",
            "values",
            "wait_for_jobs",
            "wait_strategy",
        }

    def test_of_the_computed_inputs(self) -> None:
        assert (state.CONTENT, state.PLAN, state.OBSERVED) == ("content", "plan", "observed")

    def test_of_the_outputs(self) -> None:
        written = state.outputs({}, STATUS, incarnation="i", cluster="c", message="m")
        assert set(written) == {
            "app_version",
            "chart_version",
            "cluster",
            "conditions",
            "incarnation",
            "message",
            "phase",
            "release_name",
            "release_namespace",
            "resources",
            "revision",
            "revisions",
            "rollback_status",
            "status",
        }


def test_what_is_not_known_yet_goes_back_to_the_engine_as_it_came() -> None:
    given = {"a": LATER, "b": {"c": [LATER, 1]}, "d": "text"}
    assert state.with_markers(given) == {"a": UNKNOWN, "b": {"c": [UNKNOWN, 1]}, "d": "text"}


class TestChanged:
    def changed(self, olds: dict[str, Any], news: dict[str, Any]) -> tuple[str, ...]:
        return state.changed({**LEAST, **olds}, {**LEAST, **news})

    @pytest.mark.parametrize("name", [*HelmConfig.model_fields, "content"])
    def test_every_declared_input_and_the_content_make_a_difference(self, name: str) -> None:
        assert self.changed({name: "one"}, {name: "other"}) == (name,)

    @pytest.mark.parametrize("name", ["owner", "secret_paths", "plan", "observed", "__provider", "revision"])
    def test_nothing_else_does(self, name: str) -> None:
        assert self.changed({name: "one"}, {name: "other"}) == ()

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            (1, 1.0),
            ([1, {"a": 2}], [1.0, {"a": 2.0}]),
            ((1, 2), [1, 2]),
            ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ],
    )
    def test_the_same_value_is_none(self, old: object, new: object) -> None:
        assert self.changed({"values": {"x": old}}, {"values": {"x": new}}) == ()

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            (1, 2),
            (1, "1"),
            (1.0, True),
            (False, 0),
            ([0.0], [False]),
            ([1], [1, 1]),
            ({"a": 1}, {"b": 1}),
            ({"a": 1}, {"a": 1, "b": 1}),
            ({}, []),
            (None, 0),
            ("text", LATER),
        ],
    )
    def test_another_value_is_one(self, old: object, new: object) -> None:
        assert self.changed({"values": {"x": old}}, {"values": {"x": new}}) == ("values",)
        assert self.changed({"values": {"x": new}}, {"values": {"x": old}}) == ("values",)

    @pytest.mark.parametrize(("olds", "news"), [({}, {"adopt": True}), ({"adopt": True}, {})])
    def test_so_is_one_that_comes_or_goes(self, olds: dict[str, Any], news: dict[str, Any]) -> None:
        assert self.changed(olds, news) == ("adopt",)

    def test_what_was_written_to_state_is_what_was_given(self) -> None:
        inputs = {**LEAST, "history": {"max_revisions": 3}, "values": encode({"a": None}), "content": "c"}
        written = state.outputs(inputs, STATUS, incarnation="i", cluster="c", message="")
        assert state.changed(written, inputs) == ()


class TestReplaces:
    OLDS: Any = {**LEAST, "values": {"db": {"size": 1.0}, "web": 1.0}}  # noqa: RUF012  # read only

    def replaces(self, *asked: str, **changes: object) -> list[str]:
        return state.replaces(self.OLDS, {**self.OLDS, "replace_on_changes": list(asked), **changes})

    @pytest.mark.parametrize("name", ["release_name", "release_namespace"])
    def test_another_name_or_namespace_is_another_release(self, name: str) -> None:
        assert self.replaces(**{name: "other", "helm": "helm3"}) == [name]

    def test_any_other_change_is_none(self) -> None:
        assert self.replaces(values={}, source={"chart": "./other"}) == []

    def test_what_the_options_name_is_one_too(self) -> None:
        changed = {"db": {"size": 2.0}, "web": 2.0}
        assert self.replaces("values.db", "values.nothing", values=changed) == ["values.db"]

    def test_everything_may_be_named(self) -> None:
        assert self.replaces("*", values={}, helm="helm3") == ["values", "helm"]

    def test_nothing_that_stays_is_one(self) -> None:
        assert self.replaces("*") == []
        assert self.replaces("values.db") == []


@pytest.mark.parametrize(
    ("names", "news", "moves"),
    [
        (("kubeconfig",), {"kubeconfig": "new"}, True),
        (("context",), {"context": "new"}, True),
        (("kubeconfig",), {}, True),
        (("kubeconfig",), {"kubeconfig": LATER}, False),
        (("kubeconfig",), {"kubeconfig": "new", "context": LATER}, False),
        (("values",), {}, False),
    ],
)
def test_only_a_known_way_to_the_cluster_may_lead_to_another(
    names: tuple[str, ...], news: dict[str, Any], *, moves: bool
) -> None:
    assert state.moves_cluster(names, news) is moves


WARN: dict[str, Any] = {"operations": {"rollback": {"on_rollback": "warn"}}}


@pytest.mark.parametrize(
    ("olds", "news", "again"),
    [
        ({}, {}, False),
        ({"phase": "Deployed"}, {}, False),
        ({"phase": "RolledBack"}, {}, True),
        ({"phase": "RolledBack"}, WARN, False),
        ({"phase": "RolledBack", "rollback_status": {"reason": "CrashLoopBackOff"}}, WARN, False),
        ({"phase": "RolledBack", "rollback_status": {"reason": "Forbidden"}}, WARN, True),
        ({"phase": "RolledBack"}, {"operations": LATER}, True),
        ({"phase": "Failed"}, WARN, True),
        ({"phase": "Stalled"}, WARN, True),
        ({"phase": "Deployed", "observed": "the release does not exist"}, {}, True),
        ({"phase": "RolledBack", "observed": "the release does not exist"}, WARN, True),
    ],
)
def test_what_is_not_as_declared_or_was_found_changed_is_tried_again(
    olds: dict[str, Any], news: dict[str, Any], *, again: bool
) -> None:
    assert state.to_be_tried_again(olds, news) is again


def test_a_refresh_keeps_the_checked_inputs_alone() -> None:
    inputs = {**LEAST, "owner": {"stack": "dev"}, "secret_paths": [], "content": "c", "plan": "p"}
    written = state.outputs({**inputs, "observed": "x"}, STATUS, incarnation="i", cluster="c", message="")
    assert state.checked_inputs_of(written) == inputs


def test_outputs_hold_the_inputs_and_what_is() -> None:
    written = state.outputs({**LEAST, "plan": "p"}, STATUS, incarnation="i", cluster="c", message="m")
    assert written["plan"] == "p"
    assert written["source"] == {"chart": "./web"}
    assert (written["incarnation"], written["cluster"], written["message"]) == ("i", "c", "m")
    assert (written["revision"], written["phase"]) == (3, "Deployed")
    assert written["rollback_status"] == RollbackStatus().__dict__
