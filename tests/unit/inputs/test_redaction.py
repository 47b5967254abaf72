"""Secrets are taken out of what anyone will see, wherever they stand among the inputs."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from helm_rollback_component.inputs.chart_source import passwords_in
from helm_rollback_component.inputs.masking import MASK
from helm_rollback_component.inputs.property_paths import below
from helm_rollback_component.inputs.redaction import Redactor
from helm_rollback_component.inputs.secret_values import credentials_in, secrets_at

if TYPE_CHECKING:
    from collections.abc import Callable

keys = st.text(max_size=6) | st.sampled_from(["a.b", "[0]", '"', "\\", '["x"]', "0", ""])

SPELLINGS: dict[str, Callable[[str], str]] = {
    "raw": str,
    "json": json.dumps,
    "json of Go": lambda text: (
        json.dumps(text, ensure_ascii=False)
        .replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("&", "\\u0026")
    ),
    "yaml": lambda text: yaml.safe_dump({"key": text}),
    "yaml in single quotes": lambda text: yaml.safe_dump({"key": text}, default_style="'"),
    "yaml in double quotes": lambda text: yaml.safe_dump({"key": text}, default_style='"', width=20),
    "yaml block": lambda text: yaml.safe_dump({"key": {"key": text}}, default_style="|", allow_unicode=True),
    "yaml folded": lambda text: yaml.safe_dump([[text]], default_style=">", width=20, allow_unicode=True),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 for URLs": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "base64, one in": lambda text: base64.b64encode(f"u{text}".encode()).decode(),
    "base64, two in": lambda text: base64.b64encode(f"u:{text}\n".encode()).decode(),
    "base64 in lines": lambda text: base64.encodebytes(b"-" * 70 + text.encode()).decode(),
    "hex": lambda text: text.encode().hex(),
    "url": quote,
    "form": lambda text: quote_plus(text, safe=""),
    "html": html.escape,
    "octal": lambda text: "".join(f"\\{byte:03o}" for byte in text.encode()),
}


def _findable(text: str) -> bool:
    """Whether a text is long enough, and is not folded into nothing by YAML's white space."""
    return len(text.strip()) >= 3 and all(" " <= letter != "\x7f" for letter in text)


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

    @pytest.mark.parametrize(
        ("said", "shown"),
        [
            ("cat, a/cat:1 cat", f"{MASK}, a/{MASK}:1 {MASK}"),
            ("concatenate bobcat cat9", "concatenate bobcat cat9"),
            ("cats in \\u0063at", f"cats in {MASK}"),
            (base64.b64encode(b"userscat").decode(), f"dXNlcn{MASK}"),
        ],
    )
    def test_a_short_one_is_masked_where_the_rest_of_a_word_does_not_tell_it(
        self, said: str, shown: str
    ) -> None:
        assert Redactor(["cat"])(said) == shown

    def test_characters_with_a_meaning_have_none(self) -> None:
        assert Redactor(["a.*c"])("abc a.*c") == f"abc {MASK}"

    def test_without_secrets_nothing_is_masked(self) -> None:
        assert Redactor()("as it is") == "as it is"

    @pytest.mark.parametrize(
        ("said", "shown"),
        [("xhunter2x", f"x{MASK}x"), ("hunter2hunter2", MASK), ("hunter2, hunter2", f"{MASK}, {MASK}")],
    )
    def test_what_stands_around_it_stays(self, said: str, shown: str) -> None:
        assert Redactor(["hunter2"])(said) == shown

    def test_what_was_learned_is_masked_by_whoever_masks(self) -> None:
        redact = Redactor(["hunter2"], places=["values.password"])
        known = redact
        redact.learn(["hunter2"])
        redact.learn_from({"values": {"password": "correct-horse", "other": "innocent"}})
        assert known("hunter2 correct-horse innocent") == f"{MASK} {MASK} innocent"

    @pytest.mark.parametrize("kept", [slice(None, 540), slice(280, None), slice(100, 113)])
    def test_a_piece_of_a_long_secret_is_one(self, kept: slice) -> None:
        secret = "".join(hashlib.sha256(bytes([number])).hexdigest() for number in range(13))
        assert Redactor([secret])(f"value {secret[kept]} … is bad") == f"value {MASK} … is bad"

    def test_a_repeated_text_takes_no_longer(self) -> None:
        assert Redactor(["ab" * 5000])("ab" * 9000) == MASK

    @pytest.mark.parametrize(
        ("secret", "spelled"),
        [
            ("pa\U00010000ss", "pa\\U00010000ss"),
            ("pa\u2028ss", "pa\\Lss"),
            ("pa ss", "pa\\\n   \\ ss"),
            ("café", "caf\\xe9"),
            ("café", "caf\\xc3\\xa9"),
            ("pass", "\\Uffffffffpass"),
            ("1234567 letters", "1234567\n    letters"),
            ("1234567a", "1234\n    567a"),
            ("a+b/c=d", "a+b%2Fc%3Dd"),
            ("nul\0in it\0\0\0", "nul\0in it\0\0\0"),
            ("hunter2", "[104 117 110 116 101 114 50]"),
            ("hunter2", "[]uint8{0x68, 0x75, 0x6e, 0x74, 0x65, 0x72, 0x32}"),
            ("pa\u2028ss", "pa\u2028    ss"),
            ("\x80\U000100000", "%5Cx80%5CU00010000%5C%0A++0"),
            ("\x80\U000100000", "%5Cx80%5CU00010000%5C%0A%20%200"),
            ("\x80\U00010000+0", "%5Cx80%5CU00010000%5C%0A++%2B0"),
            ("hunter2", "aHVu%0A++++dGVy%0A++++Mg%3D%3D"),
            ("c++", "c++"),
            ("+dj", "%2Bdj"),
            ("+++", "KysrKw"),
        ],
    )
    def test_escapes_of_other_languages(self, secret: str, spelled: str) -> None:
        assert spelled not in Redactor([secret])(f"said {spelled} then")

    def test_each_of_several_long_secrets_is_masked_whole(self) -> None:
        several = [hashlib.sha256(bytes([number])).hexdigest()[number:] for number in range(5)]
        redact = Redactor(several)
        assert [redact(f"<{secret}>") for secret in several] == [f"<{MASK}>"] * len(several)

    @pytest.mark.parametrize(
        ("secret", "said"), [("é1234567890ab", "ũ1234567890ab"), ("1234567890abé", "1234567890abã")]
    )
    def test_a_mask_covers_whole_characters(self, secret: str, said: str) -> None:
        assert Redactor([secret])(f"<{said}>") == f"<{MASK}>"

    def test_half_of_a_surrogate_pair_is_no_obstacle(self) -> None:
        assert Redactor(["hunter2"])("\ud800 hunter2") == f"\ud800 {MASK}"

    @settings(max_examples=300, deadline=None)
    @given(
        st.text(st.characters(codec="utf-8"), min_size=3, max_size=40).filter(_findable),
        st.sampled_from(list(SPELLINGS)),
        st.sampled_from([*SPELLINGS, ""]),
    )
    def test_no_spelling_of_a_spelling_comes_through(self, secret: str, first: str, second: str) -> None:
        assume(secret.strip() not in "before: ")
        spelled = SPELLINGS[first](secret)
        spelled = SPELLINGS[second](f"<{spelled}>") if second else spelled
        left = Redactor([secret])(f"before: {spelled} after")
        assert MASK in left
        assert left.startswith("before: ")
        assert len(left) < len(f"before: {spelled} after") + len(MASK)
        if not second:
            assert secret.strip() not in left.replace(MASK, "")


def test_hundreds_of_secrets_and_large_ones_are_masked_in_one_pass() -> None:
    many = [hashlib.sha256(f"{number}".encode()).hexdigest() for number in range(400)]
    redact = Redactor([*many, "=".join(many[:-1] * 20)])
    said = " ".join(f"refused {secret}" for secret in many)
    assert redact(said) == " ".join([f"refused {MASK}"] * len(many))


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
            "policy": "IfNotPresent",
            "log": {"level": "debug", "json": "true"},
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
            ("values.policy", []),
            ("values.log", []),
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

    def test_of_a_kubeconfig_the_credentials_are_secret(self) -> None:
        key = base64.b64encode(b"-----BEGIN KEY-----").decode()
        environment = [{"name": "API_TOKEN", "value": "xyzzy"}, {"name": "PROFILE", "value": "default"}]
        users = [
            {"name": "u", "user": {"token": "hunter2", "username": "root", "client-key-data": key}},
            {"name": "v", "user": {"exec": {"command": "aws", "env": environment}, "client-key-data": "?"}},
            {"name": "w", "user": {"auth-provider": {"config": {"id-token": "plugh", "idp": "a"}}}},
        ]
        cluster = {"server": "https://c", "proxy-url": "http://u:pass@proxy"}
        text = yaml.safe_dump({"clusters": [{"name": "c", "cluster": cluster}], "users": users})
        secrets = {"hunter2", key, "-----BEGIN KEY-----", "xyzzy", "?", "plugh", "pass"}
        assert set(credentials_in(text)) == secrets
        assert set(secrets_at({"kubeconfig": text}, ["kubeconfig"])) == secrets

    @pytest.mark.parametrize("text", ["a: [", "just a text", "users: none"])
    def test_a_text_that_is_no_kubeconfig_is_secret_as_a_whole(self, text: str) -> None:
        assert list(secrets_at({"kubeconfig": text}, ["kubeconfig"])) == [text]

    def test_of_a_source_it_is_shown_where_the_chart_comes_from(self) -> None:
        source = {"chart": "web", "repository": "https://c", "version": "1.2.3", "password": "hunter2"}
        assert list(secrets_at({"source": source}, ["source"])) == ["hunter2"]

    def test_what_stands_in_a_document_is_secret(self) -> None:
        inputs = {"values": {"key": '{"a": {"b": "hunter2"}, "c": [443]}', "other": "{no"}}
        whole = inputs["values"]["key"]
        assert list(secrets_at(inputs, ["values"])) == [whole, "hunter2", "443", "{no"]

    @pytest.mark.parametrize(
        ("number", "spelled"),
        [
            (8443, ["8443"]),
            (1234567, ["1234567", "1.234567e+06"]),
            (-20000000, ["-20000000", "2e+07"]),
            (0.5, ["0.5"]),
        ],
    )
    def test_a_number_is_one_as_go_writes_it(self, number: float, spelled: list[str]) -> None:
        assert list(secrets_at({"values": number}, ["values"])) == spelled

    @pytest.mark.parametrize(
        ("address", "passwords"),
        [
            ("https://user:hunter2@charts.example.com/a", ["hunter2"]),
            ("https://token@charts.example.com", ["token"]),
            ("https://user:a%40b@charts.example.com", ["a%40b", "a@b"]),
            ("https://charts.example.com/a@b", []),
        ],
    )
    def test_the_password_in_an_address(self, address: str, passwords: list[str]) -> None:
        assert passwords_in(address) == passwords

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
