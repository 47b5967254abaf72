"""What the host of dynamic providers prints of an error."""

from __future__ import annotations

import sys
import traceback

import pytest

from helm_rollback_component.errors import OperationError
from helm_rollback_component.pulumi_adapter.error_text import HelmReleaseError, in_one_line


def test_an_error_begins_with_a_name_that_says_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "tracebacklimit", 0, raising=False)
    with pytest.raises(HelmReleaseError) as raised, in_one_line():
        raise OperationError("it broke", reason="Broken", release="apps/web")
    assert traceback.format_exception(raised.value) == ["HelmReleaseError: apps/web: it broke\n"]
