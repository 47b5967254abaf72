"""What looks for secrets after a program test finds them however they are spelled, and does not tell them."""

import base64
import json
import textwrap
from collections.abc import Callable
from urllib.parse import quote

import pytest

from tests.e2e import canary

SECRET = canary.hatch("a test")
SPELLINGS: dict[str, Callable[[str], str]] = {
    "raw": str,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 within more": lambda text: base64.b64encode(f"user:{text}".encode()).decode(),
    "for a URL": lambda text: quote(text, safe=""),
    "quoted": json.dumps,
    "in hex": lambda text: text.encode().hex(),
    "split over lines": lambda text: "\n   ".join(textwrap.wrap(text, 20)),
    "base64, split": lambda text: base64.encodebytes(b"-" * 40 + text.encode()).decode(),
    "split in a quotation": lambda text: json.dumps("\n".join(textwrap.wrap(text, 20))),
    "the end cut off": lambda text: text[:-30],
    "the beginning cut off": lambda text: text[30:],
}


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS)
def test_a_secret_is_found_and_not_told(spell: Callable[[str], str]) -> None:
    places = {"the log": f"said: {spell(SECRET)}.".encode(), "the state": b"nothing"}
    (found,) = {each.partition(":")[0] for each in canary.escaped(places, {"the password": SECRET})}
    assert found == "the password in the log"
    assert not canary.traces(found.encode(), SECRET)


def test_a_mask_and_another_secret_are_none() -> None:
    places = {"the log": f"said: [secret] and {canary.hatch()} and {canary.HEAD}".encode()}
    assert canary.escaped(places, {"the password": SECRET}) == []
