"""Printing a result: a table for a person, JSON or YAML for a program."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, assert_never

from helm_rollback_component.cli.options import Format
from helm_rollback_component.cli.screen import Screen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from _typeshed import DataclassInstance


def show(output: Format, document: object, lines: Callable[[Screen], Iterable[str]]) -> None:
    """Print a result.

    Args:
        output: how.
        document: it as dictionaries, lists, strings and numbers; its keys are stable.
        lines: it as a person reads it.
    """
    screen = Screen.of(sys.stdout)
    match output:
        case Format.JSON:
            sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=not screen.unicode) + "\n")
        case Format.YAML:
            sys.stdout.write(_yaml(json.loads(json.dumps(document)), screen))
        case Format.TABLE:
            sys.stdout.writelines(f"{_showable(line, screen)}\n" for line in lines(screen))
        case _:
            assert_never(output)


def document(found: DataclassInstance, *numbers: str) -> dict[str, Any]:
    """Return what was found with stable keys; what is not known or does not apply is null.

    Args:
        found: it.
        numbers: its fields in which 0 says that.
    """
    told = {key: _known(value) for key, value in asdict(found).items()}
    return {**told, **{name: told[name] or None for name in numbers}}


def _known(value: object) -> object:
    match value:
        case "":
            return None
        case dict():
            return {key: _known(each) for key, each in value.items()}
        case tuple():
            return [_known(each) for each in value]
        case _:
            return value


def one_line(text: str) -> str:
    """Return a text of others in one line, without what would control a terminal."""
    return "".join(each if each.isprintable() else " " for each in text).strip()


def _showable(line: str, screen: Screen) -> str:
    return line if screen.unicode else line.replace("→", "->").replace("…", "...")


def _yaml(document: object, screen: Screen) -> str:
    import yaml

    dumped: Any = yaml.safe_dump(document, sort_keys=False, allow_unicode=screen.unicode)
    return str(dumped)
