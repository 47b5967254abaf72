"""Errors say which release they are about."""

import pytest

from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.api.error_context import about


@pytest.mark.parametrize(("before", "after"), [("", "apps/web"), ("other/one", "other/one")])
def test_an_error_names_its_release(before: str, after: str) -> None:
    with pytest.raises(OperationError) as caught, about("apps", "web"):
        raise OperationError("it failed", reason="Some", release=before)
    assert str(caught.value) == f"{after}: it failed"


def test_other_errors_pass() -> None:
    with pytest.raises(KeyError), about("apps", "web"):
        raise KeyError
