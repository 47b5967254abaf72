"""The dashboard and the alert rules: what they ask for is what is exported, under Prometheus' names."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from helm_rollback_component.results import Phase, RollbackState
from helm_rollback_component.telemetry.names import METRICS, OF_RELEASE
from tests.support.prometheus import in_prometheus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helm_rollback_component.telemetry.names import Metric

FOLDER = Path(__file__).parents[3] / "docs" / "observability"
ALERTS = FOLDER / "alerts.yaml"
ALERTS_FIRE = Path(__file__).with_name("alerts_test.yaml")
DASHBOARD: dict[str, Any] = json.loads((FOLDER / "dashboard.json").read_text(encoding="utf-8"))
GROUPS: list[dict[str, Any]] = yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"]
RULES = [rule for group in GROUPS for rule in group["rules"]]
PANELS: list[dict[str, Any]] = DASHBOARD["panels"]
_SELECTED = re.compile(r"(helm_rollback_\w+)(?:\{([^}]*)\})?(?=\[|\)|,| |$)")
_LABEL = re.compile(r'(\w+)(=~|!=|=)"([^"]*)"')
_NUMBERS = ("_bucket", "_count", "_sum")


def expressions() -> Iterator[str]:
    yield from (rule["expr"] for rule in RULES)
    yield from (target["expr"] for panel in PANELS for target in panel["targets"])


def metric_of(series: str) -> Metric:
    """Return the metric that Prometheus has as that series."""
    plain = series
    for ending in _NUMBERS:
        plain = plain.removesuffix(ending)
    return next(each for each in METRICS if in_prometheus(each) == plain)


def labels_of(metric: Metric) -> set[str]:
    names = {str(each).replace(".", "_") for each in (*OF_RELEASE, *metric.attributes)}
    return names | ({"le"} if metric.kind == "histogram" else set())


@pytest.mark.parametrize("expression", [*expressions()])
def test_an_expression_asks_for_series_and_labels_that_there_are(expression: str) -> None:
    series = [found for found in _SELECTED.findall(expression) if found[1] or "helm_rollback_" in found[0]]
    series = [
        found for found in series if found[0] not in {n for m in METRICS for n in labels_of(m)} or found[1]
    ]
    assert series
    grouped = re.findall(r"by \(([^)]*)\)", expression)
    for name, selector in series:
        metric = metric_of(name)
        asked = {label for label, _, _ in _LABEL.findall(selector)}
        asked |= {label.strip() for group in grouped for label in group.split(",")}
        assert asked <= labels_of(metric)


def test_the_words_that_are_compared_are_ours() -> None:
    words = {"helm_rollback_phase": {*Phase}, "helm_rollback_outcome": {*RollbackState}}
    compared = [
        (label, word)
        for expression in expressions()
        for label, _, value in _LABEL.findall(expression)
        if label in words
        for word in value.split("|")
    ]
    assert compared
    assert all(word in words[label] for label, word in compared)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_tells_how_bad_it_is_and_which_release(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in {"critical", "warning"}
    assert "$labels.deployment_name" in rule["annotations"]["summary"]
    assert rule["annotations"]["description"].endswith((".", ")."))


def test_every_metric_is_on_the_dashboard() -> None:
    shown = " ".join(target["expr"] for panel in PANELS for target in panel["targets"])
    assert [each.name for each in METRICS if in_prometheus(each) not in shown] == []


def test_the_panels_have_numbers_of_their_own_and_do_not_overlap() -> None:
    assert len({panel["id"] for panel in PANELS}) == len(PANELS)
    taken = [
        (x, y)
        for panel in PANELS
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(taken) == len(set(taken))
    assert max(x for x, _ in taken) < 24


def test_every_variable_of_an_expression_is_declared() -> None:
    declared = {each["name"] for each in DASHBOARD["templating"]["list"]}
    used = set(re.findall(r"\$\{?(\w+)", json.dumps(PANELS))) - {"__rate_interval"}
    assert used == declared


def promtool(*arguments: str | Path) -> None:
    """Have Prometheus' own tool check something; it must be content."""
    program = shutil.which("promtool")
    if not program:
        pytest.skip("promtool is not on the PATH: Prometheus, or its package of the distribution, has it")
    done = subprocess.run([program, *arguments], capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_prometheus_takes_the_rules() -> None:
    promtool("check", "rules", ALERTS)


def test_every_alert_fires_when_it_should_and_is_silent_when_not() -> None:
    promtool("test", "rules", ALERTS_FIRE)


def test_every_alert_is_tried_both_ways() -> None:
    tried = [
        (case["alertname"], bool(case["exp_alerts"]))
        for part in yaml.safe_load(ALERTS_FIRE.read_text(encoding="utf-8"))["tests"]
        for case in part["alert_rule_test"]
    ]
    assert set(tried) == {(rule["alert"], fires) for rule in RULES for fires in (True, False)}


def test_prometheus_takes_what_the_dashboard_asks(tmp_path: Path) -> None:
    asked = re.sub(r"\$__rate_interval", "5m", "\n".join(t["expr"] for p in PANELS for t in p["targets"]))
    rules = [
        {"record": "panel", "expr": each, "labels": {"n": str(n)}} for n, each in enumerate(asked.split("\n"))
    ]
    file = tmp_path / "panels.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}), encoding="utf-8")
    promtool("check", "rules", file)
