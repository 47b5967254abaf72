"""Which defaults of a chart count and are others than before."""

from __future__ import annotations

from typing import Any

import pytest

from helm_rollback_component.core.manifests.moved_defaults import moved_defaults, of_the_chart_itself


@pytest.mark.parametrize(
    ("given", "moved"),
    [
        ({}, ["replicas", "service.port", "service.type"]),
        ({"replicas": 2}, ["service.port", "service.type"]),
        ({"replicas": None}, ["replicas", "service.port", "service.type"]),
        ({"service": {"port": 1}}, ["replicas", "service.type"]),
        ({"service": "none", "replicas": 2}, []),
    ],
)
def test_a_default_counts_where_the_values_do_not_set_it(given: dict[str, Any], moved: list[str]) -> None:
    old = {"replicas": 1, "service": {"port": 80}, "same": {"a": 1}}
    new = {"replicas": 2, "service": {"port": 8080, "type": "NodePort"}, "same": {"a": 1}}
    assert sorted(each.path for each in moved_defaults(old, new, given)) == moved


def test_of_what_a_record_says_of_dependencies_only_that_of_the_chart_itself_counts() -> None:
    recorded = {
        "size": 1,
        "gone": 1,
        "db": {"on": True, "tag": "1", "deep": {"a": 1, "b": 2}},
        "cache": {"x": 1},
    }
    own = {"size": 2, "db": {"on": False, "deep": {"a": 2}, "new": 1}}
    before = of_the_chart_itself(recorded, own, {"db", "cache"})
    assert before == {"size": 1, "gone": 1, "db": {"on": True, "deep": {"a": 1}}}
    assert of_the_chart_itself({"db": "text"}, {"db": {}}, {"db"}) == {"db": "text"}
