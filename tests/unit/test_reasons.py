"""Every reason word is defined once, in `reasons`, and used."""

from __future__ import annotations

import ast
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import helm_rollback_component
from helm_rollback_component.reasons import Reason, find

if TYPE_CHECKING:
    from collections.abc import Iterator

_PACKAGE = Path(helm_rollback_component.__file__).parent

_POSITIONS = {
    "Conclude": 1,
    "Condition": 2,
    "Failure": 0,
    "Fault": 0,
    "Gone": 0,
    "Refusal": 0,
    "Refuse": 1,
    "Rollback": 1,
    "Rule": 1,
    "Uninstall": 0,
    "HealthVerdict": 0,
    "WaitingReason": 0,
    "_condition": 2,
    "_failed": 0,
    "_false": 1,
    "_refused": 0,
    "_true": 1,
    "fault": 0,
}
"""Which argument is the reason, of everything that takes one without naming it."""

_WORDS_OF_KUBERNETES = {
    "core/health/container_rules.py": {
        "CrashLoopBackOff",
        "CreateContainerConfigError",
        "OOMKilled",
        "RunContainerError",
    },
    "core/health/waiting_reasons.py": {
        "CreateContainerConfigError",
        "CreateContainerError",
        "ErrImageNeverPull",
        "ImageInspectError",
        "ImagePullBackOff",
        "InvalidImageName",
        "RegistryUnavailable",
        "SignatureValidationFailed",
    },
    "core/health/new_tries.py": {"ImagePullBackOff"},
    "core/health/pod_status.py": {"Unschedulable"},
    "core/health/readiness_rules.py": {"Unknown"},
    "core/health/baseline.py": {"Progressing", "ProgressDeadlineExceeded"},
    "core/health/timeout.py": {"Unknown"},
    "core/health/workload_rules.py": {"FailedCreate", "Progressing", "ProgressDeadlineExceeded"},
}
"""Words that are read from objects in the cluster, which spells some of them as we do."""


@cache
def _modules() -> dict[str, ast.Module]:
    paths = (path for path in sorted(_PACKAGE.rglob("*.py")) if path.name != "reasons.py")
    return {path.relative_to(_PACKAGE).as_posix(): ast.parse(path.read_text()) for path in paths}


def _name(function: ast.expr) -> str:
    match function:
        case ast.Name():
            return function.id
        case ast.Attribute():
            return function.attr
        case _:
            return ""


def _reasons_given(call: ast.Call) -> Iterator[ast.expr]:
    yield from (keyword.value for keyword in call.keywords if keyword.arg == "reason")
    position = _POSITIONS.get(_name(call.func))
    if position is not None and position < len(call.args):
        yield call.args[position]


def _literals(expression: ast.expr) -> Iterator[str]:
    for node in ast.walk(expression):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
            yield node.value


@pytest.mark.parametrize("module", _modules())
def test_no_reason_is_given_as_a_literal(module: str) -> None:
    calls = [node for node in ast.walk(_modules()[module]) if isinstance(node, ast.Call)]
    assert [text for call in calls for given in _reasons_given(call) for text in _literals(given)] == []


@pytest.mark.parametrize("module", _modules())
def test_no_reason_word_is_spelled_again(module: str) -> None:
    words = {reason.value for reason in Reason} - _WORDS_OF_KUBERNETES.get(module, set())
    spelled = {node.value for node in ast.walk(_modules()[module]) if isinstance(node, ast.Constant)}
    assert words & spelled == set()


def test_every_reason_is_used() -> None:
    used = {
        node.attr
        for module in _modules().values()
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute) and _name(node.value) == "Reason"
    }
    assert {reason.name for reason in Reason} - used == set()


@pytest.mark.parametrize("reason", Reason)
def test_a_reason_is_one_camel_case_word_with_a_sentence(reason: Reason) -> None:
    assert reason.isalnum()
    assert reason[0].isupper()
    assert (reason.meaning[0].isupper(), reason.meaning[-1]) == (True, ".")


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason.remedy])
def test_a_remedy_is_a_phrase_that_a_sentence_can_hold(reason: Reason) -> None:
    assert (reason.remedy[0].islower(), reason.remedy[-1] == ".") == (True, False)


def test_a_reason_is_a_plain_string_in_json() -> None:
    assert json.dumps({"reason": Reason.IMAGE_PULL_BACK_OFF}) == '{"reason": "ImagePullBackOff"}'


def test_a_word_is_found_by_its_spelling() -> None:
    assert find("UpgradeTimeout") is Reason.UPGRADE_TIMEOUT


def test_a_word_that_is_not_in_the_list_is_unknown() -> None:
    assert find("SomethingNew") is Reason.UNKNOWN
