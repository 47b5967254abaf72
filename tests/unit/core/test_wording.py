"""How numbers are told."""

import pytest

from helm_rollback_component.core.wording import counted


@pytest.mark.parametrize(
    ("number", "told"), [(0, "0 objects"), (1, "1 object"), (2, "2 objects")], ids=["none", "one", "more"]
)
def test_only_one_is_told_in_the_singular(number: int, told: str) -> None:
    assert counted(number, "object") == told
