"""What fuzzing begins with, and what it has found: each input ends without an error that is a fault."""

import pytest

from tools.fuzz.places import CORPUS
from tools.fuzz.targets import TARGETS


@pytest.mark.parametrize(
    ("target", "file"),
    [(target, file.name) for target in TARGETS for file in sorted((CORPUS / target).iterdir())],
)
def test_an_input_is_read_or_refused(target: str, file: str) -> None:
    TARGETS[target]((CORPUS / target / file).read_bytes())
