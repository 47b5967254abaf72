"""What the options given to a component mean for its children."""

from __future__ import annotations

import pulumi
import pytest

from helm_rollback_component.pulumi_adapter import resource_options


@pytest.mark.parametrize(
    ("duration", "seconds"),
    [("90s", 90), ("5m", 300), ("1h30m", 5400), ("1m30s", 90), ("0.5s", 1), ("1.5h", 5400)],
)
def test_durations_are_read_as_go_writes_them(duration: str, seconds: int) -> None:
    opts = pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create=duration))
    assert resource_options.timeouts(opts) == {"deploy": seconds}


def test_each_operation_has_its_timeout() -> None:
    given = pulumi.CustomTimeouts(create="1s", update="2s", delete="3s")
    assert resource_options.timeouts(pulumi.ResourceOptions(custom_timeouts=given)) == {
        "deploy": 1,
        "upgrade": 2,
        "delete": 3,
    }


@pytest.mark.parametrize("opts", [None, pulumi.ResourceOptions()])
def test_none_given_is_none_said(opts: pulumi.ResourceOptions | None) -> None:
    assert resource_options.timeouts(opts) == {}


@pytest.mark.parametrize("duration", ["soon", "5", "-5m", "0s"])
def test_what_is_no_duration_is_refused(duration: str) -> None:
    opts = pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(update=duration))
    with pytest.raises(pulumi.RunError, match=r"custom_timeouts\.update"):
        resource_options.timeouts(opts)


def test_named_inputs_are_passed_on() -> None:
    opts = pulumi.ResourceOptions(ignore_changes=["values"], replace_on_changes=["source"])
    assert resource_options.passed_on(opts).ignore_changes == ["values"]
    assert resource_options.replace_on_changes(opts) == ["source"]
