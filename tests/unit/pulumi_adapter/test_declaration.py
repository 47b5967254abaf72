"""What the properties of a release declare, and which of them are secret."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.config import HelmConfig
from helm_rollback_component.errors import ValidationError
from helm_rollback_component.inputs.chart_values import encode
from helm_rollback_component.inputs.masking import MASK
from helm_rollback_component.pulumi_adapter import declaration, state
from tests.unit.pulumi_adapter.properties import LATER, LEAST, STATUS

if TYPE_CHECKING:
    from helm_rollback_component.inputs.redaction import Redactor


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
        assert declaration.read(properties).config == HelmConfig.parse(LEAST)

    def test_the_history_section_is_not_the_history(self) -> None:
        written = state.outputs(
            {**LEAST, "history": {"max_revisions": 3.0}}, STATUS, incarnation="", cluster="", message=""
        )
        assert declaration.read({**written, "owner": {}}).config.history.max_revisions == 3
        assert written["revisions"][0]["revision"] == 3

    @pytest.mark.parametrize("values", [{"a": None, "b": 2**60}, {"deep": [{"c": None}]}])
    def test_values_arrive_as_they_were_given(self, values: dict[str, Any]) -> None:
        assert declaration.parse_inputs({**LEAST, "values": encode(values)}).values == values

    @pytest.mark.parametrize("values", [{}, None, {"helm-rollback:literal": "null"}])
    def test_no_values_are_no_values(self, values: object) -> None:
        assert declaration.parse_inputs({**LEAST, "values": values}).values == {}

    def test_what_is_wrong_is_named(self) -> None:
        with pytest.raises(ValidationError) as refused:
            declaration.parse_inputs({**LEAST, "adpot": True, "values": "text"})
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
        assert declaration.parse_inputs({**LEAST, **inputs}).label == "apps/web"

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
        with pytest.raises(declaration.NotYetKnown):
            declaration.parse_inputs({**LEAST, **inputs})

    def test_what_is_known_to_be_wrong_is_wrong(self) -> None:
        with pytest.raises(ValidationError) as refused:
            declaration.parse_inputs({**LEAST, "source": LATER, "history": {"max_revisions": -1}})
        assert [problem.path for problem in refused.value.problems] == ["history.max_revisions"]


class TestRedactor:
    def redactor(self, **inputs: object) -> Redactor:
        return declaration.read({**LEAST, "owner": {}, **inputs}).redact

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
        redact = self.redactor(source={"chart": "./web", "username": "me", "password": "hunter2"})
        assert redact("hunter2") == MASK

    def test_nothing_else_is(self) -> None:
        redact = self.redactor(values={"password": "hunter2"}, secret_paths=None)
        assert redact("hunter2") == "hunter2"
