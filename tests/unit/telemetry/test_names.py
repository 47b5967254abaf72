"""The names of telemetry: those of the semantic conventions are theirs, and the page lists all."""

from __future__ import annotations

from pathlib import Path

import pytest
from opentelemetry.semconv._incubating.attributes import (
    cicd_attributes,
    deployment_attributes,
    error_attributes,
    k8s_attributes,
)

from helm_rollback_component.reconcile.run_events import Operation, Step
from helm_rollback_component.telemetry.names import METRICS, OF_RELEASE, Attribute
from tests.support.prometheus import in_prometheus

PAGE = (Path(__file__).parents[3] / "docs" / "telemetry.md").read_text(encoding="utf-8")
CONVENTIONS = {
    value
    for module in (cicd_attributes, deployment_attributes, error_attributes, k8s_attributes)
    for value in vars(module).values()
    if isinstance(value, str)
}


@pytest.mark.parametrize("attribute", Attribute)
def test_an_attribute_is_ours_or_one_of_the_semantic_conventions(attribute: Attribute) -> None:
    assert attribute.startswith("helm_rollback.") or attribute in CONVENTIONS


@pytest.mark.parametrize("metric", METRICS, ids=str)
def test_a_metric_is_named_as_the_conventions_ask(metric: object) -> None:
    found = next(each for each in METRICS if each is metric)
    assert found.name.startswith("helm_rollback.")
    assert found.unit in {"s", "1"} or found.unit == f"{{{found.unit[1:-1]}}}"
    assert not found.name.endswith((".total", "_total", ".seconds"))


def test_the_page_lists_every_metric_with_its_unit_and_what_prometheus_calls_it() -> None:
    for each in METRICS:
        attributes = ", ".join(f"`{name}`" for name in each.attributes) or "none"
        kind = f"{each.kind}, `{each.unit}`"
        cells = (f"`{each.name}`", kind, f"`{in_prometheus(each)}`", each.description, attributes)
        assert f"| {' | '.join(cells)} |" in PAGE


def test_the_page_lists_every_attribute() -> None:
    for each in Attribute:
        assert f"| `{each}` | {each.meaning} |" in PAGE


def test_the_page_lists_every_span() -> None:
    for each in (*Operation, *Step):
        assert f"`helm_rollback.{each}`" in PAGE
    for attribute in OF_RELEASE:
        assert f"`{attribute}`" in PAGE
