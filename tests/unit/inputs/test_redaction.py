"""Secrets are taken out of what anyone will see, wherever they stand among the inputs."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helm_rollback_component.inputs.property_paths import below
from helm_rollback_component.inputs.redaction import MASK, Redactor, secrets_at

keys = st.text(max_size=6) | st.sampled_from(["a.b", "[0]", '"', "\\", '["x"]', "0", ""])


class TestRedactor:
    def test_a_secret_is_masked_wherever_it_stands(self) -> None:
        assert Redactor(["hunter2"])("hunter2, not Hunter2; xhunter2x") == f"{MASK}, not Hunter2; x{MASK}x"

    def test_in_base64_too(self) -> None:
        encoded = base64.b64encode(b"hunter2").decode()
        assert Redactor(["hunter2"])(f"data: {encoded}") == f"data: {MASK}"

    def test_each_line_of_a_secret_is_one(self) -> None:
        redact = Redactor(["-----BEGIN KEY-----\nAAAA1111\n  BBBB2222  \n"])
        assert redact("line AAAA1111 then BBBB2222") == f"line {MASK} then {MASK}"

    def test_the_longest_goes_first(self) -> None:
        assert Redactor(["pass", "password"])("password") == MASK

    @pytest.mark.parametrize("short", ["", "a", "ab", "  a  "])
    def test_what_is_too_short_would_mask_everything(self, short: str) -> None:
        assert Redactor([short])("a cab ab") == "a cab ab"

    def test_characters_with_a_meaning_have_none(self) -> None:
        assert Redactor(["a.*c"])("abc a.*c") == f"abc {MASK}"

    def test_without_secrets_nothing_is_masked(self) -> None:
        assert Redactor()("as it is") == "as it is"

    @given(st.lists(st.text(min_size=3).filter(str.strip)), st.text(), st.text())
    def test_no_secret_comes_through(self, secrets: list[str], before: str, after: str) -> None:
        redact = Redactor(secrets)
        for secret in secrets:
            text = secret.strip()
            if len(text) >= 3:
                assert not any(text in part for part in redact(f"{before}{text}{after}").split(MASK))


class TestBelow:
    @pytest.mark.parametrize(
        ("path", "key", "whole"),
        [
            ("", "values", "values"),
            ("values", "db", "values.db"),
            ("values.hosts", 0, "values.hosts[0]"),
            ("values", "a.b", 'values["a.b"]'),
            ("values", 'say "hi"', 'values["say \\"hi\\""]'),
            ("values", "", 'values[""]'),
        ],
    )
    def test_a_path_reads_as_pulumis_do(self, path: str, key: str | int, whole: str) -> None:
        assert below(path, key) == whole


class TestSecretsAt:
    INPUTS: dict[str, Any] = {  # noqa: RUF012  # read only
        "kubeconfig": "clusters: []",
        "values": {
            "db": {"user": "root", "password": "hunter2"},
            "hosts": [{"key": "first"}, {"key": "second"}],
            "tls.key": "private",
            "port": 8443,
            "on": True,
            "off": None,
        },
    }

    def found(self, *paths: str) -> list[str]:
        return list(secrets_at(self.INPUTS, paths))

    @pytest.mark.parametrize(
        ("path", "secrets"),
        [
            ("kubeconfig", ["clusters: []"]),
            ("values.db.password", ["hunter2"]),
            ("values.db", ["root", "hunter2"]),
            ("values.hosts[1].key", ["second"]),
            ("values.hosts", ["first", "second"]),
            ('values["tls.key"]', ["private"]),
            ("values.port", ["8443"]),
            ("values.on", []),
            ("values.off", []),
        ],
    )
    def test_everything_at_or_below_a_path_is_one(self, path: str, secrets: list[str]) -> None:
        assert self.found(path) == secrets

    @pytest.mark.parametrize("path", ["nowhere", "values.nowhere.deeper"])
    def test_a_path_that_leads_nowhere_names_no_secret(self, path: str) -> None:
        assert self.found(path) == []

    @pytest.mark.parametrize("path", ["values.hosts[7]", "values.hosts.key"])
    def test_a_path_that_a_list_does_not_know_means_all_of_it(self, path: str) -> None:
        assert self.found(path) == ["first", "second"]

    def test_a_path_through_a_text_means_the_text(self) -> None:
        assert self.found("kubeconfig.users[0]") == ["clusters: []"]

    def test_several_paths_give_all(self) -> None:
        assert self.found("values.db.password", "kubeconfig") == ["hunter2", "clusters: []"]

    @given(st.lists(keys, min_size=1, max_size=4))
    def test_whatever_the_keys_its_value_is_found(self, steps: list[str]) -> None:
        inputs: Any = "hunter2"
        path = ""
        for step in reversed(steps):
            inputs = {step: inputs, "other": "innocent"} if step != "other" else {step: inputs}
        for step in steps:
            path = below(path, step)
        assert list(secrets_at(inputs, [path])) == ["hunter2"]
