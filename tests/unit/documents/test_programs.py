"""The programs in the documents declare what they say: each is run under mocks, or at least read."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pulumi
import pytest

from helm_rollback_component.testing import HelmReleaseMocks

if TYPE_CHECKING:
    from pulumi.runtime.mocks import MockResourceArgs

_ROOT = Path(__file__).parents[3]
_PAGES = [_ROOT / "README.md", *sorted((_ROOT / "docs").glob("*.md"))]
_CONFIGURATION = {"tag": "1.30", "blue": "1.29", "green": "1.30", "active": "green", "careful": "true"}


def _blocks(page: Path) -> list[str]:
    return re.findall(r"^```python\n(.+?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def _cases(pages: list[Path]) -> list[Any]:
    return [
        pytest.param(text, id=f"{page.stem}-{number}")
        for page in pages
        for number, text in enumerate(_blocks(page), 1)
    ]


class _Declared(HelmReleaseMocks):
    """What a program declares, by name."""

    def __init__(self) -> None:
        super().__init__()
        self.inputs: dict[str, dict[str, Any]] = {}

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        self.inputs[args.name] = args.inputs
        return super().new_resource(args)


def _run(program: str) -> dict[str, dict[str, Any]]:
    declared = _Declared()
    pulumi.runtime.set_mocks(declared, project="shop", stack="production")
    pulumi.runtime.set_all_config({f"shop:{key}": value for key, value in _CONFIGURATION.items()})

    pulumi.runtime.test(lambda: exec(program, {}))()  # type: ignore[no-untyped-call]  # noqa: S102  # the page's own
    return declared.inputs


@pytest.mark.parametrize("text", _cases(_PAGES))
def test_a_block_of_python_can_be_read(text: str) -> None:
    ast.parse(text)


@pytest.mark.parametrize("program", _cases([_ROOT / "docs" / "patterns.md"]))
def test_a_pattern_is_a_whole_program(program: str) -> None:
    assert any(name.endswith("-release") for name in _run(program))


def test_the_service_of_blue_and_green_leads_to_the_active_one() -> None:
    (program,) = (text for text in _blocks(_ROOT / "docs" / "patterns.md") if "Service(" in text)
    assert _run(program)["web"]["spec"]["selector"] == {"app.kubernetes.io/instance": "web-green"}


def test_production_is_careful_where_the_configuration_says_so() -> None:
    program = _blocks(_ROOT / "docs" / "patterns.md")[0]
    release = _run(program)["web-release"]
    assert (release["release_namespace"], release["health"]) == ("production", {"soak": 60.0, "test": True})
