"""A secret is masked however Go writes it: Helm's own template functions spell it."""

from __future__ import annotations

import importlib.util
import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helm_rollback_component.inputs.masking import MASK
from helm_rollback_component.inputs.redaction import Redactor
from tests.support.go_templates import rendering

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.go_templates import Templates

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("helm_python") is None,
    reason="Helm's library (extra: embedded) is not installed",
)

CORE = "Zq7Wk2Vx9"
"""In the middle of every secret that is made here; none of it may be left."""

_LOGIN = "(printf `user:%s` .Values.secret | b64enc)"
_FILLED = "(printf `ninety letters and what follows them: %060d%s` 0 .Values.secret | b64enc)"
TEMPLATES = {
    "plain": "{{ .Values.secret }}",
    "quote": "{{ .Values.secret | quote }}",
    "quote of quote": "{{ .Values.secret | quote | quote }}",
    "squote": "{{ .Values.secret | squote }}",
    "%q": "{{ printf `%q` .Values.secret }}",
    "%+q": "{{ printf `%+q` .Values.secret }}",
    "%#q": "{{ printf `%#q` .Values.secret }}",
    "%v of a map": "{{ printf `%v` .Values.deep }}",
    "%+v of a map": "{{ printf `%+v` .Values.deep }}",
    "%#v of a map": "{{ printf `%#v` .Values.deep }}",
    "%v of bytes": "{{ printf `%v` .Values.bytes }}",
    "%x": "{{ printf `%x` .Values.secret }}",
    "%X": "{{ printf `%X` .Values.secret }}",
    "% x": "{{ printf `% x` .Values.secret }}",
    "%#x": "{{ printf `%#x` .Values.secret }}",
    "% #x": "{{ printf `% #x` .Values.secret }}",
    "toString": "{{ toString .Values.deep }}",
    "toJson": "{{ toJson .Values.deep }}",
    "toRawJson": "{{ toRawJson .Values.deep }}",
    "toPrettyJson": "{{ toPrettyJson .Values.deep }}",
    "JSON in a Go string": "{{ toJson .Values.deep | quote }}",
    "JSON in JSON in JSON": "{{ .Values.secret | toJson | toJson | toJson }}",
    "toYaml": "{{ toYaml .Values.deep | nindent 12 }}",
    "YAML in base64": "{{ toYaml .Values.deep | b64enc }}",
    "a block of YAML": "key: |\n{{ .Values.secret | indent 2 }}",
    "toToml": "{{ toToml .Values.deep }}",
    "js": "{{ .Values.secret | js }}",
    "html": "{{ .Values.secret | html }}",
    "regexQuoteMeta": "{{ .Values.secret | regexQuoteMeta }}",
    "urlquery": "{{ .Values.secret | urlquery }}",
    "the path of a URL": "{{ urlJoin (dict `host` `h` `path` (printf `/%s` .Values.secret)) }}",
    "b64enc": "{{ .Values.secret | b64enc }}",
    "base64, one in": "{{ printf `:%s` .Values.secret | b64enc }}",
    "base64, two in": "{{ printf `1:%s\n` .Values.secret | b64enc }}",
    "base64 of base64": "{{ .Values.secret | b64enc | b64enc }}",
    "base64 in lines of 76": "{{ wrapWith 76 `\n` " + _FILLED + " }}",
    "the login of a registry": '{{ printf `{"auths":{"r.io":{"auth":"%s"}}}` ' + _LOGIN + " | b64enc }}",
    "the password of a registry": "{{ dict `auths` (dict `password` .Values.secret) | toJson | b64enc }}",
    "trim": "{{ .Values.secret | trim }}",
    "nindent": "{{ .Values.secret | nindent 8 }}",
    "wrap": "{{ .Values.ascii | wrap 20 }}",
    "wrapWith": "{{ .Values.ascii | wrapWith 9 `\n    ` }}",
    "cat": "{{ cat `a` .Values.secret `b` }}",
}


def _printable(letter: str) -> bool:
    """Whether Helm can write a letter as YAML, which has no control characters."""
    return letter in "\t\n" or unicodedata.category(letter) not in ("Cc", "Cn", "Cs", "Co")


around = st.text(
    st.sampled_from("\"'`\\<>&%+=/:;,.#|-_~^*()[]{}!?@$ \t\n\x85\xa0\u2028é😀\ufeff0aZ").filter(_printable)
    | st.characters(codec="utf-8").filter(_printable),
    max_size=12,
)
secrets = st.builds(lambda before, after: f"{before}{CORE}{after}", around, around)


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Templates]:
    with rendering(TEMPLATES, tmp_path_factory.mktemp("spelled")) as templates:
        yield templates


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(secrets)
def test_whatever_go_makes_of_a_secret_is_masked(templates: Templates, secret: str) -> None:
    redact = Redactor([secret, _ascii(secret)])
    for name, rendered in _rendered(templates, secret).items():
        shown = redact(f"before {rendered} after")
        assert MASK in shown, f"{name}: {rendered}"
        assert CORE not in shown, f"{name}: {rendered}"


@pytest.mark.parametrize("name", TEMPLATES)
def test_nothing_is_masked_without_the_secret(templates: Templates, name: str) -> None:
    shown = Redactor(["another", "correct-horse-battery"])(said := _rendered(templates, CORE)[name])
    assert shown == said


def _rendered(templates: Templates, secret: str) -> dict[str, str]:
    return templates.render(
        {
            "secret": secret,
            "deep": {"a": {"b": [{"password": secret}, True, 1e6]}},
            "ascii": _ascii(secret),
            "bytes": list(secret.encode()),
        }
    )


def _ascii(secret: str) -> str:
    """Return what is left where a program folds between bytes, which would cut other letters apart."""
    return "".join(letter for letter in secret if " " <= letter <= "~")
