"""How wide texts are, and how they are broken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helm_rollback_component.cli.wrapping import cut, width, wrapped

URN = "urn:pulumi:prod::shop::helm-rollback:index:Release$helm-rollback:Release::web"


@pytest.mark.parametrize(("text", "columns"), [("web", 3), ("日本", 4), ("e\u0301", 1), ("⚠\ufe0f", 1)])
def test_a_letter_may_take_two_columns_or_none(text: str, columns: int) -> None:
    assert width(text) == columns


@pytest.mark.parametrize(
    ("text", "limit", "lines"),
    [
        ("one two three", 0, ["one two three"]),
        ("one  two", 8, ["one  two"]),
        ("", 8, [""]),
        ("one two three", 7, ["one two", "three"]),
        ("see a/long/path now", 8, ["see a/", "long/", "path now"]),
        ("ingress-nginx-4.11.3", 10, ["ingress-", "nginx-", "4.11.3"]),
        ("in abcdefgh", 5, ["in ab", "cdefg", "h"]),
        ("日本語のテキスト", 6, ["日本語", "のテキ", "スト"]),
        ("画像registry.example.com/支付", 21, ["画像", "registry.example.com/", "支付"]),
        ("e\u0301e\u0301e\u0301", 2, ["e\u0301e\u0301", "e\u0301"]),
        (
            URN,
            40,
            [
                "urn:pulumi:prod::shop::helm-rollback:",
                "index:Release$helm-rollback:Release::web",
            ],
        ),
    ],
)
def test_a_text_is_broken_where_it_reads_well(text: str, limit: int, lines: list[str]) -> None:
    assert wrapped(text, limit) == lines


@given(st.text(st.sampled_from("ab-/ 日\u0301"), max_size=40), st.integers(2, 20))
def test_nothing_is_lost_and_no_line_is_too_long(text: str, limit: int) -> None:
    lines = wrapped(text, limit)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(width(line) <= limit for line in lines)


@pytest.mark.parametrize(("limit", "shown"), [(0, ""), (3, "ab"), (4, "ab日"), (9, "ab日本c")])
def test_a_text_is_cut_to_what_is_shown(limit: int, shown: str) -> None:
    assert cut("ab日本c", limit) == shown
