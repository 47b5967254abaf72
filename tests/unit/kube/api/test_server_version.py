"""What an API server can do by its version."""

from typing import Any

import pytest

from helm_rollback_component.kube.api.server_version import validates_fields


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"major": "1", "minor": "26"}, False),
        ({"major": "1", "minor": "27"}, True),
        ({"major": "1", "minor": "36"}, True),
        ({"major": "1", "minor": "29+"}, True),
        ({"major": "1+", "minor": "9"}, False),
        ({"major": "2", "minor": "0"}, True),
        ({"major": "1", "minor": ""}, False),
        ({"major": "1"}, False),
        ({}, False),
    ],
)
def test_servers_validate_fields_since_1_27(answer: dict[str, Any], expected: bool) -> None:  # noqa: FBT001
    assert validates_fields(answer) is expected
