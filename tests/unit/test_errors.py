"""Every error says what happened, to which release, and what to do next."""

from __future__ import annotations

import pytest

from helm_rollback_component.errors import (
    HelmRollbackError,
    OperationError,
    Problem,
    RollbackError,
    ValidationError,
)
from helm_rollback_component.reasons import Reason


@pytest.mark.parametrize(
    ("release", "remedy", "text"),
    [
        ("", "", "it broke"),
        ("apps/web", "", "apps/web: it broke"),
        ("", "fix it", "it broke (fix it)"),
        ("apps/web", "fix it", "apps/web: it broke (fix it)"),
    ],
)
def test_an_error_reads_as_one_sentence(release: str, remedy: str, text: str) -> None:
    assert str(HelmRollbackError("it broke", reason="Broken", release=release, remedy=remedy)) == text


@pytest.mark.parametrize("kind", [RollbackError, OperationError])
@pytest.mark.parametrize("temporary", [True, False])
def test_an_error_can_be_matched(kind: type[HelmRollbackError], *, temporary: bool) -> None:
    error = kind("it broke", reason="Broken", temporary=temporary)
    assert isinstance(error, HelmRollbackError)
    assert (error.reason, error.temporary, error.message) == ("Broken", temporary, "it broke")


def test_a_validation_error_names_every_problem() -> None:
    problems = [Problem("values", "is wrong"), Problem("", "so is all")]
    error = ValidationError(problems, release="apps/web")
    assert error.problems == tuple(problems)
    assert (error.reason, error.temporary) == ("InvalidInput", False)
    assert str(error) == "apps/web: values: is wrong; so is all"


def test_a_validation_error_may_have_a_reason_of_its_own() -> None:
    assert ValidationError([Problem("", "x")], reason="ReleaseExists").reason == "ReleaseExists"


def test_what_is_not_said_of_an_error_follows_from_its_reason() -> None:
    error = OperationError("no answer", reason=Reason.UNREACHABLE)
    assert (error.remedy, error.temporary) == (Reason.UNREACHABLE.remedy, True)


def test_a_word_that_is_not_in_the_list_has_no_remedy_and_is_permanent() -> None:
    error = OperationError("it broke", reason="Broken")
    assert (error.remedy, error.temporary) == ("", False)
