"""What Pulumi's state holds of a release, and what makes a difference in it."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi.output import Unknown
from pulumi.runtime.rpc import UNKNOWN

from helm_rollback_component.config import HelmConfig
from helm_rollback_component.errors import ValidationError
from helm_rollback_component.inputs.chart_values import encode
from helm_rollback_component.inputs.redaction import MASK, Redactor
from helm_rollback_component.pulumi_adapter import state
from helm_rollback_component.results import Phase, ReleaseRevision, ReleaseStatus, RollbackStatus

LATER: Any = Unknown()  # type: ignore[no-untyped-call]  # what a preview does not know yet
LEAST = {"release_name": "web", "release_namespace": "apps", "source": {"chart": "./web"}}
STATUS = ReleaseStatus(
    release_name="web",
    release_namespace="apps",
    revision=3,
    chart_version="1.0.0",
    app_version="2",
    status="deployed",
    phase=Phase.DEPLOYED,
    history=(ReleaseRevision(3, "1.0.0", "2", "deployed", "then", "Install complete", verified=True),),
)


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


class TestParse:
    def test_a_checked_release_is_a_config(self) -> None:
        properties = {
            **LEAST,
            "owner": {},
            "plan": "x",
            "revision": 3.0,
            "phase": "Deployed",
            "__provider": "x",
        }
        assert state.read(properties).config == HelmConfig.parse(LEAST)

    def test_the_history_section_is_not_the_history(self) -> None:
        written = state.outputs(
            {**LEAST, "history": {"max_revisions": 3.0}}, STATUS, incarnation="", cluster="", message=""
        )
        assert state.read({**written, "owner": {}}).config.history.max_revisions == 3
        assert written["revisions"][0]["revision"] == 3

    @pytest.mark.parametrize("values", [{"a": None, "b": 2**60}, {"deep": [{"c": None}]}])
    def test_values_arrive_as_they_were_given(self, values: dict[str, Any]) -> None:
        assert state.parse_inputs({**LEAST, "values": encode(values)}).values == values

    @pytest.mark.parametrize("values", [{}, None, {"helm-rollback:literal": "null"}])
    def test_no_values_are_no_values(self, values: object) -> None:
        assert state.parse_inputs({**LEAST, "values": values}).values == {}

    def test_what_is_wrong_is_named(self) -> None:
        with pytest.raises(ValidationError) as refused:
            state.parse_inputs({**LEAST, "adpot": True, "values": "text"})
        assert [problem.path for problem in refused.value.problems] == ["values", "adpot"]


class TestUnknown:
    """In a preview some inputs have no value yet."""

    @pytest.mark.parametrize(
        "inputs",
        [
            {"values": {"a": {"b": [LATER, 1]}}},
            {"values": LATER},
            {"timeouts": LATER},
            {"kubeconfig": LATER},
            {"value_files": ["a.yaml", LATER]},
            {"source": {"chart": "./web", "keyring": LATER}},
        ],
    )
    def test_what_is_known_is_read(self, inputs: dict[str, Any]) -> None:
        assert state.parse_inputs({**LEAST, **inputs}).label == "apps/web"

    @pytest.mark.parametrize(
        "inputs",
        [
            {"release_name": LATER},
            {"source": LATER},
            {"source": {"chart": LATER}},
            {"source": {"chart": "web", "repository": LATER, "version": "1.2.3"}},
            {"source": {"chart": "oci://registry.example/web", "version": LATER}},
        ],
    )
    def test_too_little_may_be_known(self, inputs: dict[str, Any]) -> None:
        with pytest.raises(state.NotYetKnown):
            state.parse_inputs({**LEAST, **inputs})

    def test_what_is_known_to_be_wrong_is_wrong(self) -> None:
        with pytest.raises(ValidationError) as refused:
            state.parse_inputs({**LEAST, "source": LATER, "history": {"max_revisions": -1}})
        assert [problem.path for problem in refused.value.problems] == ["history.max_revisions"]

    def test_it_goes_back_to_the_engine_as_it_came(self) -> None:
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


class TestRedactor:
    def redactor(self, **inputs: object) -> Redactor:
        return state.read({**LEAST, "owner": {}, **inputs}).redact

    @pytest.mark.parametrize(
        ("path", "values", "text"),
        [
            ("values.password", {"password": "hunter2"}, "hunter2"),
            ('values["tls.key"]', {"tls.key": "private"}, "private"),
            ("values.pin", {"pin": 12345.0}, "12345"),
            ("values.id", encode({"id": 2**60}), str(2**60)),
            ("values", {"deep": [{"er": "hunter2"}]}, "hunter2"),
        ],
    )
    def test_what_stands_at_a_secret_path_is_masked(
        self, path: str, values: dict[str, Any], text: str
    ) -> None:
        redact = self.redactor(values=values, secret_paths=[path])
        assert redact(f"got {text}!") == f"got {MASK}!"

    def test_a_secret_null_masks_nothing(self) -> None:
        redact = self.redactor(values=encode({"a": None}), secret_paths=["values.a"])
        assert redact("null") == "null"

    def test_a_sources_password_is_always_masked(self) -> None:
        redact = self.redactor(source={"chart": "./web", "password": "hunter2"})
        assert redact("hunter2") == MASK

    def test_nothing_else_is(self) -> None:
        redact = self.redactor(values={"password": "hunter2"}, secret_paths=None)
        assert redact("hunter2") == "hunter2"
