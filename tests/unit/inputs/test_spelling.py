"""Keys are read in either spelling, where they are ours and not the chart's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydantic.alias_generators import to_camel

from helm_rollback_component.args import FIELDS
from helm_rollback_component.config import HelmConfig, RollbackConfig
from helm_rollback_component.config.constraints import fields_of
from helm_rollback_component.errors import Problem
from helm_rollback_component.inputs.spelling import fields_at, to_snake_case

if TYPE_CHECKING:
    from helm_rollback_component.inputs.spelling import Fields


def spelled(inputs: dict[str, Any]) -> dict[str, Any]:
    result, problems = to_snake_case(inputs, FIELDS)
    assert problems == []
    return result


@pytest.mark.parametrize("name", list(HelmConfig.model_fields))
def test_every_input_may_be_in_camel_case(name: str) -> None:
    assert spelled({to_camel(name): 1}) == {name: 1}


def test_nested_inputs_may_too() -> None:
    given = {"operations": {"rollback": {"targetRevision": 2, "onRollback": "warn"}}}
    assert spelled(given) == {"operations": {"rollback": {"target_revision": 2, "on_rollback": "warn"}}}


@pytest.mark.parametrize("section", ["values", "labels"])
def test_what_is_the_charts_stays_as_it_is(section: str) -> None:
    given = {section: {"camelCase": {"targetRevision": 1}, "releaseName": 2}}
    assert spelled(given) == given


def test_unknown_keys_stay_to_be_complained_of() -> None:
    assert spelled({"relaseName": 1}) == {"relaseName": 1}


def test_the_given_inputs_are_left_alone() -> None:
    given = {"source": {"plainHttp": True}}
    spelled(given)
    assert given == {"source": {"plainHttp": True}}


@pytest.mark.parametrize(
    ("given", "path", "other"),
    [
        ({"release_name": "a", "releaseName": "b"}, "releaseName", "release_name"),
        ({"releaseName": "a", "release_name": "b"}, "release_name", "releaseName"),
        ({"history": {"maxRevisions": 1, "max_revisions": 2}}, "history.max_revisions", "maxRevisions"),
    ],
)
def test_a_key_given_in_both_spellings_is_a_problem(given: dict[str, Any], path: str, other: str) -> None:
    _, problems = to_snake_case(given, FIELDS)
    assert problems == [Problem(path, f"given twice, also as {other}; remove one of them")]


def test_a_part_that_is_not_there_yet_is_handed_over() -> None:
    seen: list[tuple[object, Fields]] = []

    def later(value: object, section: Fields) -> str:
        seen.append((value, section))
        return "later"

    given = {"operations": {"rollback": "an output"}, "values": "an output", "history": None}
    result, _ = to_snake_case(given, FIELDS, nested=later)
    assert result == {"operations": {"rollback": "later"}, "values": "an output", "history": None}
    assert seen == [("an output", fields_of(RollbackConfig))]


class TestFields:
    def test_a_program_writes_what_is_validated(self) -> None:
        assert fields_of(HelmConfig) == FIELDS

    def test_of_a_section_within_a_section(self) -> None:
        assert list(fields_at(FIELDS, ("operations", "rollback"))) == list(RollbackConfig.model_fields)

    @pytest.mark.parametrize("path", [("values",), ("nowhere",), ("nowhere", "deeper")])
    def test_of_what_is_no_section_there_are_none(self, path: tuple[str, ...]) -> None:
        assert list(fields_at(FIELDS, path)) == []
