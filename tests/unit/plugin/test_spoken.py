"""What a person is told, as programs in other languages spell it."""

from __future__ import annotations

import pytest

from helm_rollback_component.plugin.spoken import in_camel_case


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("set adopt=True, or skip_crds=False", "set adopt: true, or skipCrds: false"),
        ("release_name: taken; raise timeouts.upgrade", "releaseName: taken; raise timeouts.upgrade"),
        ("operations.rollback.on_rollback is warn", "operations.rollback.onRollback is warn"),
        ("in Python, manage_namespace=True does", "in Python, manage_namespace=True does"),
        ("LOG_LEVEL=True, my_key=True, unskip_crds", "LOG_LEVEL=True, my_key=True, unskip_crds"),
    ],
)
def test_names_of_inputs_are_in_camel_case_and_nothing_else_is_changed(said: str, expected: str) -> None:
    assert in_camel_case(said) == expected
