"""What is read of a release Secret, within bounds."""

import gzip
import json
from base64 import b64encode

import pytest

from helm_rollback_component.kube.storage import record_text


def stored(text: bytes) -> str:
    return b64encode(b64encode(text)).decode()


def test_a_record_cannot_inflate_without_end() -> None:
    bomb = gzip.compress(b" " * (16 * 1024 * 1024 + 1), 1)
    with pytest.raises(record_text.BoundsError, match="too large for a record"):
        record_text.read(stored(bomb))


@pytest.mark.parametrize("part", [b"[],", b"{},", b"1,", b'"",', b'{"a":1},'])
def test_a_record_cannot_have_values_without_end(part: bytes) -> None:
    bomb = gzip.compress(b"[" + part * 410_000 + b"1]", 1)
    with pytest.raises(record_text.BoundsError, match="more values than a record can have"):
        record_text.read(stored(bomb))


@pytest.mark.parametrize("end", [b"", b'"', b"\\"])
def test_a_text_that_does_not_end_is_looked_at_once(end: bytes) -> None:
    with pytest.raises(ValueError, match="line 1"):
        record_text.read(stored(b'["' + b'\\",' * 410_000 + end))


def test_what_only_looks_like_values_does_not_count() -> None:
    text = '[{,\\"' * 300_000
    assert record_text.read(stored(json.dumps({"manifest": text}).encode())) == {"manifest": text}
