"""What was checked before is not validated again, and is answered as a whole check would answer."""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING, Any

import pytest
from pulumi.output import Unknown

from helm_rollback_component.provider import ReleaseProvider
from helm_rollback_component.pulumi_adapter import check

if TYPE_CHECKING:
    from pathlib import Path

LATER: Any = Unknown()  # type: ignore[no-untyped-call]  # what a preview does not know yet
OCI = {"chart": "oci://registry.example/web", "version": "1.2.3"}
OWNER = {"organization": "org", "project": "p", "stack": "dev", "urn": "urn:web"}
KUBECONFIG = """
current-context: dev
clusters: [{name: dev, cluster: {server: "https://127.0.0.1:1"}}]
contexts: [{name: dev, context: {cluster: dev}}]
"""


class Files:
    """A chart, a value file and a kubeconfig."""

    def __init__(self, folder: Path) -> None:
        """Write them."""
        self.chart, self.values, self.kubeconfig = (folder / name for name in ("web", "v.yaml", "config"))
        self.chart.mkdir()
        self.describe_chart("0.3.0")
        self.values.write_text("replicas: 2", encoding="utf-8")
        self.kubeconfig.write_text(KUBECONFIG, encoding="utf-8")

    def describe_chart(self, version: str) -> None:
        """Give the chart a version."""
        (self.chart / "Chart.yaml").write_text(f"name: web\nversion: {version}\n", encoding="utf-8")

    def inputs(self, **more: Any) -> dict[str, Any]:
        """Return inputs that name them all."""
        return {
            "release_name": "web",
            "release_namespace": "apps",
            "source": {"chart": str(self.chart)},
            "values": {"replicas": 1.0, "debug": False, "hosts": ["a", {"port": 1.0}]},
            "value_files": [str(self.values)],
            "kubeconfig": str(self.kubeconfig),
            "context": "dev",
            "owner": OWNER,
            "secret_paths": [],
            "replace_on_changes": [],
            **more,
        }


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """The files that the inputs name."""
    return Files(tmp_path)


@pytest.fixture
def validated(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The inputs that were validated, in order."""
    seen: list[dict[str, Any]] = []
    parsed = check.parsed

    def noted(inputs: dict[str, Any]) -> Any:
        seen.append(dict(inputs))
        return parsed(inputs)

    monkeypatch.setattr(check, "parsed", noted)
    return seen


def answer(olds: dict[str, Any], news: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return the checked inputs, and which of them are wrong."""
    result = ReleaseProvider().check(olds, {**news, "dry_run": False, "__provider": "p"})
    return dict(result.inputs), [failure.reason.partition(":")[0] for failure in result.failures]


def updated(inputs: dict[str, Any]) -> dict[str, Any]:
    """Return the inputs as they are in the state after a second update."""
    first, _ = answer({}, inputs)
    second, failures = answer(first, inputs)
    assert failures == []
    return {**second, "__provider": "an older one"}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"source": OCI},
        {"value_files": []},
        {"kubeconfig": KUBECONFIG},
        {"operations": {"rollback": {"strategy": "manual", "target_revision": 2.0}}},
    ],
    ids=["all", "remote chart", "no value files", "kubeconfig's content", "held"],
)
def test_the_same_inputs_have_the_answer_of_a_whole_check_without_one(
    files: Files, validated: list[dict[str, Any]], changes: dict[str, Any]
) -> None:
    inputs = files.inputs(**changes)
    olds = updated(inputs)
    validated.clear()
    again = answer(olds, inputs)
    assert validated == []
    assert again == answer({**olds, "checked_by": "another version"}, inputs)
    assert validated == [inputs]


def test_without_a_kubeconfig_the_same_holds(files: Files, validated: list[dict[str, Any]]) -> None:
    inputs = {key: value for key, value in files.inputs().items() if key not in ("kubeconfig", "context")}
    olds = updated(inputs)
    validated.clear()
    assert answer(olds, inputs)[1] == []
    assert validated == []


@pytest.mark.parametrize(
    "changes",
    [
        {"values": {"replicas": 1.0, "debug": False, "hosts": ["a", {"port": 2.0}]}},
        {"values": {"replicas": 1.0, "debug": 0.0, "hosts": ["a", {"port": 1.0}]}},
        {"values": LATER},
        {"adopt": True},
        {"owner": {**OWNER, "urn": "moved"}},
        {"secret_paths": ["values"]},
    ],
    ids=["value", "type", "unknown", "new input", "owner", "secrets"],
)
def test_other_inputs_are_validated(
    files: Files, validated: list[dict[str, Any]], changes: dict[str, Any]
) -> None:
    olds = updated(files.inputs())
    validated.clear()
    answer(olds, files.inputs(**changes))
    assert len(validated) == 1


def test_so_is_one_that_is_not_given_any_more(files: Files, validated: list[dict[str, Any]]) -> None:
    olds = updated(files.inputs(adopt=True))
    validated.clear()
    answer(olds, files.inputs())
    assert len(validated) == 1


def test_another_content_of_the_chart_is_noticed(files: Files) -> None:
    olds = updated(files.inputs())
    files.describe_chart("0.4.0")
    again, _ = answer(olds, files.inputs())
    assert again["content"] != olds["content"]
    assert again["chart"] == "web 0.4.0"


def test_another_content_of_a_value_file_is_noticed(files: Files) -> None:
    olds = updated(files.inputs())
    files.values.write_text("replicas: 3", encoding="utf-8")
    assert answer(olds, files.inputs())[0]["content"] != olds["content"]


@pytest.mark.parametrize(
    ("file", "refused"),
    [("values", "value_files[0]"), ("kubeconfig", "kubeconfig")],
)
def test_a_file_that_is_gone_is_refused(files: Files, file: str, refused: str) -> None:
    olds = updated(files.inputs())
    getattr(files, file).unlink()
    assert answer(olds, files.inputs())[1] == [refused]


def test_so_are_a_chart_that_is_gone_and_a_context(files: Files) -> None:
    olds = updated(files.inputs())
    (files.chart / "Chart.yaml").unlink()
    files.chart.rmdir()
    files.kubeconfig.write_text(KUBECONFIG.replace("name: dev, context", "name: prod, context"))
    assert answer(olds, files.inputs())[1] == ["source.chart", "context"]


@pytest.mark.parametrize("by", [None, "0.0.1"])
def test_what_another_version_checked_is_validated(
    files: Files, validated: list[dict[str, Any]], by: str | None
) -> None:
    olds = {**updated(files.inputs()), "checked_by": by}
    validated.clear()
    assert answer(olds, files.inputs())[0]["checked_by"] == metadata.version("helm-rollback-component")
    assert len(validated) == 1


def test_what_a_first_deployment_checked_is_not_validated_again(
    files: Files, validated: list[dict[str, Any]]
) -> None:
    first, _ = answer({}, files.inputs())
    validated.clear()
    second, _ = answer(first, files.inputs())
    assert (second["plan"], validated) == (first["plan"], [])


def test_after_a_rollback_that_was_asked_for_the_plan_is_an_upgrade(files: Files) -> None:
    inputs = files.inputs(operations={"rollback": {"strategy": "version-based"}})
    olds = updated(inputs)
    files.describe_chart("0.2.0")
    older, _ = answer(olds, inputs)
    again, _ = answer(older, inputs)
    assert older["plan"].startswith("roll back to the last good revision of web 0.2.0")
    assert again["plan"].startswith("deploy web 0.2.0;")


def test_what_a_refresh_observed_is_planned_over_and_once(files: Files) -> None:
    olds = {**updated(files.inputs()), "observed": "the release does not exist"}
    over, _ = answer(olds, files.inputs())
    again, _ = answer(over, files.inputs())
    assert "over what a refresh found (the release does not exist)" in over["plan"]
    assert "over what a refresh found" not in again["plan"]
