"""How results are printed."""

import pytest

from helm_rollback_component.cli.printing import one_line


@pytest.mark.parametrize("hostile", ["a\x1b[2Jb", "a\nb", "a\x9bb", "a\u202eb"])
def test_a_text_of_others_does_not_control_the_terminal(hostile: str) -> None:
    shown = one_line(hostile)
    assert shown[0] + shown[-1] == "ab"
    assert shown.isprintable()
