"""What the provider's process writes to standard error has no secrets in it."""

from __future__ import annotations

import io
import logging
import sys

import pytest

from helm_rollback_component.inputs.masking import MASK
from helm_rollback_component.inputs.redaction import Redactor
from helm_rollback_component.pulumi_adapter import stderr
from helm_rollback_component.pulumi_adapter.stderr import MaskedStream


def test_a_secret_written_in_parts_is_masked() -> None:
    written = io.StringIO()
    stream = MaskedStream(written, Redactor(["hunter2"]))
    stream.write("the password is hun")
    assert not written.getvalue()
    stream.write("ter2\nand then")
    assert written.getvalue() == f"the password is {MASK}\n"
    stream.flush()
    assert written.getvalue() == f"the password is {MASK}\nand then"


def test_a_warning_of_any_library_is_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    monkeypatch.setattr(stderr, "_masks", [])
    stderr.install()
    stderr.install()
    stderr.know(Redactor(["hunter2"]))
    stderr.know(Redactor(["xyzzy"]))
    handler = logging.StreamHandler()
    handler.handle(logging.makeLogRecord({"msg": "refused hunter2 and xyzzy"}))
    assert written.getvalue() == f"refused {MASK} and {MASK}\n"


def test_the_descriptor_is_that_of_the_stream_behind() -> None:
    with pytest.raises(io.UnsupportedOperation):
        MaskedStream(io.StringIO(), str).fileno()
