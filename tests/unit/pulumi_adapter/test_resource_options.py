"""What the options given to a component mean for its children."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

from helm_rollback_component.pulumi_adapter import resource_options


@pytest.mark.parametrize(
    ("duration", "seconds"),
    [("90s", 90), ("5m", 300), ("1h30m", 5400), ("1m30s", 90), ("0.5s", 1), ("1.5h", 5400)],
)
def test_durations_are_read_as_go_writes_them(duration: str, seconds: int) -> None:
    opts = pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create=duration))
    assert resource_options.timeouts("web", opts) == {"deploy": seconds}


def test_each_operation_has_its_timeout() -> None:
    given = pulumi.CustomTimeouts(create="1s", update="2s", delete="3s")
    assert resource_options.timeouts("web", pulumi.ResourceOptions(custom_timeouts=given)) == {
        "deploy": 1,
        "upgrade": 2,
        "delete": 3,
    }


@pytest.mark.parametrize("opts", [None, pulumi.ResourceOptions()])
def test_none_given_is_none_said(opts: pulumi.ResourceOptions | None) -> None:
    assert resource_options.timeouts("web", opts) == {}


@pytest.mark.parametrize("duration", ["soon", "5", "-5m", "0s"])
def test_what_is_no_duration_is_refused(duration: str) -> None:
    opts = pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(update=duration))
    with pytest.raises(pulumi.RunError, match=r"custom_timeouts\.update"):
        resource_options.timeouts("web", opts)


PATHS = {
    "skipCrds": "skip_crds",
    "skip_crds": "skip_crds",
    "operations.rollback.onRollback": "operations.rollback.on_rollback",
    "operations": "operations",
    "values.image.pullPolicy": "values.image.pullPolicy",
    'values["a.b"][0].c': 'values["a.b"][0].c',
    "valueFiles[0]": "value_files[0]",
    '["timeouts"].upgrade': "timeouts.upgrade",
    "*": "*",
    "timeouts.*": "timeouts.*",
}
OUTPUTS = {"history": "revisions", "app_version": "app_version"}


@pytest.mark.parametrize(("written", "sent"), PATHS.items())
def test_inputs_are_named_in_either_spelling(written: str, sent: str) -> None:
    opts = pulumi.ResourceOptions(
        ignore_changes=[written], replace_on_changes=[written], hide_diffs=[written]
    )
    passed = resource_options.passed_on("web", opts, OUTPUTS)
    assert (passed.ignore_changes, passed.hide_diffs) == ([sent], [sent])
    assert resource_options.replace_on_changes("web", opts) == [sent]


@pytest.mark.parametrize("path", ["vales", "operations.rollbak", "operations.rollback.rety", "", "skipCRDs"])
def test_a_path_that_leads_to_no_input_is_refused_by_name(path: str) -> None:
    opts = pulumi.ResourceOptions(ignore_changes=["values", path])
    with pytest.raises(pulumi.RunError, match=f"web: ignore_changes names {path}, and"):
        resource_options.passed_on("web", opts, OUTPUTS)
    with pytest.raises(pulumi.RunError, match=f"web: replace_on_changes names {path}, and"):
        resource_options.replace_on_changes("web", pulumi.ResourceOptions(replace_on_changes=[path]))


def test_outputs_are_named_in_either_spelling_too() -> None:
    opts = pulumi.ResourceOptions(additional_secret_outputs=["history", "appVersion", "values"])
    passed = resource_options.passed_on("web", opts, OUTPUTS)
    assert passed.additional_secret_outputs == ["revisions", "app_version", "values"]
    wrong = pulumi.ResourceOptions(additional_secret_outputs=["secret"])
    with pytest.raises(pulumi.RunError, match="additional_secret_outputs names secret"):
        resource_options.passed_on("web", wrong, OUTPUTS)


@pytest.mark.parametrize("option", ["ignore_changes", "hide_diffs", "additional_secret_outputs"])
def test_paths_are_a_list(option: str) -> None:
    given: dict[str, Any] = {option: "values"}
    with pytest.raises(pulumi.RunError, match=f"^web: {option}: is of type str; use a list of paths$"):
        resource_options.passed_on("web", pulumi.ResourceOptions(**given), {"revision": "revision"})


def test_what_are_no_options_is_refused() -> None:
    given: Any = {"protect": True}
    with pytest.raises(pulumi.RunError, match=r"^web: opts: is of type dict; use pulumi.ResourceOptions$"):
        resource_options.of_the_component("web", given)


def test_a_release_cannot_be_imported_by_an_option() -> None:
    with pytest.raises(pulumi.RunError, match="adopt=True"):
        resource_options.of_the_component("web", pulumi.ResourceOptions(import_="apps/web"))


REACH_THE_RELEASE_BY_THEMSELVES = {
    "parent", "protect", "provider", "providers", "aliases", "transformations", "transforms",
    "retain_on_delete", "state_migrations",
}  # fmt: skip
HANDLED = {
    "depends_on", "ignore_changes", "additional_secret_outputs", "custom_timeouts", "hooks", "import_",
    "replace_on_changes", "replacement_trigger", "deleted_with", "replace_with", "hide_diffs",
}  # fmt: skip
OF_OTHER_RESOURCES = {"version", "plugin_download_url", "id", "urn", "env_var_mappings"}
ALWAYS_SO = {"delete_before_replace"}


def test_every_option_of_pulumi_is_thought_of() -> None:
    known = REACH_THE_RELEASE_BY_THEMSELVES | HANDLED | OF_OTHER_RESOURCES | ALWAYS_SO
    assert set(pulumi.ResourceOptions.__annotations__) - {"merge"} <= known
