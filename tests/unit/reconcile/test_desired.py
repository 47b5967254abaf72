"""From what is declared to what Helm is told and decisions are made from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.config import HelmConfig
from helm_rollback_component.core.records.digests import Digester
from helm_rollback_component.helm.charts.fetching import LocalChart
from helm_rollback_component.helm.engines.engine import Capability, Options
from helm_rollback_component.reconcile import desired

if TYPE_CHECKING:
    from pathlib import Path

    from helm_rollback_component.core.remediation.steps import Desired

OCI = {"chart": "oci://registry.example/web", "version": "1.2.3"}
DIGESTER = Digester(b"k" * 32)


def config(**inputs: Any) -> HelmConfig:
    return HelmConfig.parse({"release_name": "web", "release_namespace": "apps", "source": OCI, **inputs})


@pytest.fixture
def chart(tmp_path: Path) -> LocalChart:
    """A chart on this machine."""
    (tmp_path / "Chart.yaml").write_text("name: web\nversion: 1.2.3\n", encoding="utf-8")
    return LocalChart(tmp_path, "web", "1.2.3")


class TestRequiredCapabilities:
    def test_plain_inputs_ask_for_none(self) -> None:
        assert desired.required_capabilities(config()) == frozenset()

    @pytest.mark.parametrize(
        "name",
        [
            "disable_hooks",
            "disable_openapi_validation",
            "force_update",
            "skip_crds",
            "take_ownership",
            "wait_for_jobs",
        ],
    )
    def test_each_switch_asks_for_its_own(self, name: str) -> None:
        assert desired.required_capabilities(config(**{name: True})) == {Capability(name)}

    @pytest.mark.parametrize(
        ("name", "value"), [("description", "why"), ("labels", {"a": "b"}), ("post_renderer", ["cat"])]
    )
    def test_so_does_what_goes_with_a_revision(self, name: str, value: object) -> None:
        assert desired.required_capabilities(config(**{name: value})) == {Capability(name)}

    @pytest.mark.parametrize("given", [{"dependency_update": True}, {"verify": True}])
    def test_so_does_what_goes_with_a_chart(self, given: dict[str, Any]) -> None:
        assert desired.required_capabilities(config(source={**OCI, **given})) == {*map(Capability, given)}

    def test_a_keyring_goes_with_verification(self) -> None:
        asked = desired.required_capabilities(config(source={**OCI, "verify": True, "keyring": "ring.gpg"}))
        assert asked == {Capability.VERIFY, Capability.KEYRING}

    @pytest.mark.parametrize("names", [["username"], ["username", "password"], ["cert_file", "key_file"]])
    def test_any_login_asks_for_logins(self, names: list[str]) -> None:
        asked = desired.required_capabilities(config(source={**OCI, **dict.fromkeys(names, "x")}))
        assert asked == {Capability.REPOSITORY_CREDENTIALS}

    @pytest.mark.parametrize(
        ("strategy", "asked"), [("auto", set()), ("legacy", set()), ("watcher", {Capability.WAIT_STRATEGY})]
    )
    def test_only_a_way_to_wait_that_helm_3_does_not_have_asks_for_another(
        self, strategy: str, asked: set[Capability]
    ) -> None:
        assert desired.required_capabilities(config(wait_strategy=strategy)) == asked

    def test_a_local_chart_needs_no_login(self) -> None:
        source = {"chart": "./web", "username": "x", "password": "y"}
        assert desired.required_capabilities(config(source=source)) == frozenset()


def test_values_win_over_value_files(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("web: {replicas: 1, name: a}", encoding="utf-8")
    (tmp_path / "b.yaml").write_text("web: {name: b, port: 80}", encoding="utf-8")
    given = config(
        value_files=[str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml")], values={"web": {"port": 8080}}
    )
    assert desired.merged_values(given) == {"web": {"replicas": 1, "name": "b", "port": 8080}}


def test_helm_is_told_everything(chart: LocalChart) -> None:
    given = config(
        values={"a": 1}, skip_crds=True, description="why", labels={"team": "x"}, post_renderer=["kustomize"]
    )
    told = desired.deployment(given, chart, 60)
    assert (told.chart, told.values, told.timeout) == (chart.path, {"a": 1}, 60)
    assert told.options == Options(
        skip_crds=True, description="why", labels={"team": "x"}, post_renderer=("kustomize",)
    )


CUSTOM = {"extra": [{"apiVersion": "example.com/v1"}]}


@pytest.mark.parametrize(
    ("strategy", "values", "told"),
    [
        ("auto", {}, ""),
        ("auto", CUSTOM, "legacy"),
        ("auto", {**CUSTOM, "service": {"type": "LoadBalancer"}}, ""),
        ("watcher", CUSTOM, "watcher"),
        ("legacy", {}, "legacy"),
    ],
)
def test_custom_resources_are_left_to_helms_watcher_only_with_a_load_balancer(
    chart: LocalChart, strategy: str, values: dict[str, object], told: str
) -> None:
    given = config(wait_strategy=strategy, values=values)
    assert desired.deployment(given, chart, 60).options.wait_strategy == told


class TestDesired:
    def of(self, chart: LocalChart, **inputs: Any) -> Desired:
        return desired.desired(config(**inputs), chart, DIGESTER, 60)

    def test_it_names_the_chart_and_its_version(self, chart: LocalChart) -> None:
        found = self.of(chart)
        assert (found.chart_name, found.chart_version) == ("web", "1.2.3")

    def test_it_holds_the_rollback_section(self, chart: LocalChart) -> None:
        assert self.of(chart, operations={"rollback": {"retries": 2}}).rollback.retries == 2

    def test_its_patience_is_what_an_upgrade_and_its_rollback_may_take(self, chart: LocalChart) -> None:
        assert self.of(chart, timeouts={"upgrade": 4000, "rollback": 20}).patience == 4020

    def test_another_client_may_take_an_hour_at_least(self, chart: LocalChart) -> None:
        assert self.of(chart, timeouts={"upgrade": 100, "rollback": 20}).patience == 3600

    @pytest.mark.parametrize(
        "inputs",
        [
            {"values": {"a": 1}},
            {"skip_crds": True},
            {"disable_hooks": True},
            {"force_update": True},
            {"take_ownership": True},
            {"disable_openapi_validation": True},
            {"description": "why"},
            {"labels": {"a": "b"}},
            {"post_renderer": ["cat"]},
            {"release_name": "other"},
            {"source": {"chart": "oci://registry.example/other", "version": "1.2.3"}},
            {"source": {"chart": "web", "repository": "https://charts.example", "version": "1.2.3"}},
        ],
    )
    def test_its_digest_changes_with_what_helm_is_told(
        self, chart: LocalChart, inputs: dict[str, Any]
    ) -> None:
        assert self.of(chart, **inputs).digest != self.of(chart).digest

    @pytest.mark.parametrize(
        "inputs",
        [
            {"timeouts": {"upgrade": 5}},
            {"health": {"soak": 10}},
            {"history": {"max_revisions": 3}},
            {"wait_for_jobs": True},
            {"wait_strategy": "legacy"},
            {"kubeconfig": "elsewhere"},
            {"helm": "helm3"},
            {"adopt": True},
            {"operations": {"rollback": {"strategy": "manual"}}},
            {"source": {**OCI, "username": "x", "password": "y"}},
        ],
    )
    def test_its_digest_stays_with_what_helm_is_not_told(
        self, chart: LocalChart, inputs: dict[str, Any]
    ) -> None:
        assert self.of(chart, **inputs).digest == self.of(chart).digest

    def test_a_local_charts_content_counts_and_not_its_place(self, chart: LocalChart) -> None:
        local = {"source": {"chart": str(chart.path)}}
        before = self.of(chart, **local)
        assert self.of(chart, source={"chart": f"{chart.path}/."}).digest == before.digest
        (chart.path / "values.yaml").write_text("a: 1", encoding="utf-8")
        assert self.of(chart, **local).digest != before.digest

    def test_another_version_of_a_remote_chart_counts(self, chart: LocalChart) -> None:
        newer = LocalChart(chart.path, "web", "1.2.4")
        assert self.of(newer).digest != self.of(chart).digest

    def test_its_values_digest_is_that_of_a_record_with_these_values(self, chart: LocalChart) -> None:
        wanted = self.of(chart, values={"big": 2**60, "none": None, "list": [1, 2.0]})
        stored = DIGESTER.of({"big": float(2**60), "none": None, "list": [1.0, 2]})
        assert wanted.values_digest == stored


def test_a_secret_description_does_not_reach_helm(chart: LocalChart) -> None:
    given = desired.deployment(
        config(description="for hunter2"), chart, 60, lambda text: text.replace("hunter2", "[secret]")
    )
    assert given.options.description == "for [secret]"
