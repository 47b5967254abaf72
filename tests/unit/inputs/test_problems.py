"""What is wrong is said in our words: where, what, and what would be right."""

from __future__ import annotations

from typing import Any

import pytest

from helm_rollback_component.config import HelmConfig
from helm_rollback_component.errors import Problem, ValidationError
from helm_rollback_component.inputs.problems import hidden_by

LEAST = {"release_name": "web", "release_namespace": "apps", "source": {"chart": "./web"}}


def only(**inputs: Any) -> Problem:
    with pytest.raises(ValidationError) as refused:
        HelmConfig.parse({**LEAST, **inputs})
    (problem,) = refused.value.problems
    return problem


class TestWords:
    @pytest.mark.parametrize(
        ("key", "hint"), [("adpot", "did you mean adopt?"), ("valuefiles", "did you mean value_files?")]
    )
    def test_an_unknown_key_is_told_what_it_may_have_meant(self, key: str, hint: str) -> None:
        assert only(**{key: 1}) == Problem(key, f"unknown key; {hint}")

    def test_an_unknown_key_that_is_like_none_is_told_them_all(self) -> None:
        problem = only(history={"zzz": 1})
        assert problem == Problem("history.zzz", "unknown key; known here: keep_on_delete, max_revisions")

    def test_a_missing_one_is_named(self) -> None:
        with pytest.raises(ValidationError) as refused:
            HelmConfig.parse({"release_name": "web", "source": {"chart": "./web"}})
        assert refused.value.problems == (Problem("release_namespace", "required, but missing"),)

    def test_a_wrong_word_is_told_the_right_ones(self) -> None:
        assert only(operations={"rollback": {"strategy": "forward"}}) == Problem(
            "operations.rollback.strategy",
            "is 'forward'; use one of 'automatic', 'manual' or 'version-based'",
        )

    @pytest.mark.parametrize(("given", "shown"), [(-1, "-1"), (-1.0, "-1"), (-1.5, "-1.5")])
    def test_a_number_is_shown_as_it_was_written(self, given: float, shown: str) -> None:
        problem = only(health={"grace": given})
        assert problem.message == f"is {shown}; use 0 or higher"

    def test_a_text_is_not_shown_because_it_may_be_secret(self) -> None:
        problem = only(kubeconfig=["tok3n"])
        assert problem == Problem("kubeconfig", "is a list; use a text")

    @pytest.mark.parametrize(
        ("inputs", "expected"),
        [
            ({"value_files": "values.yaml"}, "is a text; use a list"),
            ({"post_renderer": [""]}, "is a text; use one that is not empty"),
            ({"source": "./web"}, "is a text; use a dictionary"),
            ({"values": None}, "is None; use a dictionary"),
            ({"adopt": {}}, "is a dictionary; use True or False"),
            ({"health": {"soak": "5m"}}, "is a text; use a number"),
            ({"timeouts": {"upgrade": "5m"}}, "is a text; use a whole number"),
            ({"timeouts": {"upgrade": 2.5}}, "is 2.5; use a whole number"),
            ({"timeouts": {"upgrade": 0}}, "is 0; use a number above 0"),
            ({"context": object()}, "is of type object; use a text"),
            (
                {"operations": {"rollback": {"retry_trigger": "x" * 257}}},
                "is a text; use at most 256 characters",
            ),
        ],
    )
    def test_what_is_given_and_what_would_be_right(self, inputs: dict[str, Any], expected: str) -> None:
        assert only(**inputs).message == expected

    def test_a_place_in_a_list_is_named(self) -> None:
        assert only(value_files=["a.yaml", ""]).path == "value_files[1]"

    def test_what_concerns_several_names_the_one_to_mend_and_the_others(self) -> None:
        problem = only(source={"chart": "./web", "version": "1.2.3"})
        assert (problem.path, problem.others) == ("source.version", ("source.chart", "source.repository"))

    def test_at_the_top_too(self) -> None:
        problem = only(delete_namespace=True)
        assert (problem.path, problem.others) == ("delete_namespace", ("manage_namespace",))


class TestHiddenBy:
    @pytest.mark.parametrize(
        ("unknown", "hidden"),
        [
            ("source.version", True),
            ("source", True),
            ("source.version.deeper", True),
            ("source.version[0]", True),
            ("source.repository", True),
            ("", True),
            ("source.versions", False),
            ("source.username", False),
            ("values", False),
        ],
    )
    def test_a_problem_is_hidden_by_what_it_may_come_from(self, unknown: str, *, hidden: bool) -> None:
        problem = Problem("source.version", "x", ("source.repository",))
        assert hidden_by(problem, ["elsewhere", unknown]) is hidden

    def test_with_everything_known_none_is(self) -> None:
        assert not hidden_by(Problem("source", "x"), [])

    def test_a_problem_of_everything_is_hidden_by_anything(self) -> None:
        assert hidden_by(Problem("", "x"), ["values.a"])
