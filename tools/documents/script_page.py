"""What a script can do with a release, and which errors it may get."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING

from helm_rollback_component import errors
from helm_rollback_component.errors import HelmRollbackError, Problem, ValidationError
from helm_rollback_component.operations import HelmOperations
from tools.documents.markdown import one_line, table
from tools.documents.markdown import page as page_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_METHODS: tuple[Callable[..., object], ...] = (
    HelmOperations.deploy,
    HelmOperations.upgrade,
    HelmOperations.rollback,
    HelmOperations.delete,
    HelmOperations.get_status,
    HelmOperations.get_release_history,
    HelmOperations.validate_rollback_target,
    HelmOperations.plan_rollback,
    HelmOperations.lock_status,
    HelmOperations.unlock,
    HelmOperations.prune,
    HelmOperations.foresee,
)
_SECTION = re.compile(r"^(Returns|Raises|Attributes|Args):\n", re.MULTILINE)
_QUOTED_TYPE = re.compile(r"(?<=[:>] )'(.+?)'")
_ENTRY = re.compile(r"^(\w+): ", re.MULTILINE)
_INTRODUCTION = """
    `HelmOperations` does to one release what the component does, without Pulumi: the same rules, locks and
    verdicts.

    ```python
    from helm_rollback_component import HelmConfig, HelmOperations

    config = {"release_name": "web", "release_namespace": "apps", "source": {"chart": "./charts/web"}}
    release = HelmOperations(HelmConfig.parse(config), progress=print)
    print(release.get_release_history())
    release.rollback(2)
    ```

    The keys of the dictionary are the [inputs](inputs.md). `HelmConfig.parse` raises a `ValidationError`
    that names everything that is wrong. `ReleaseStatus` and `ReleaseRevision` have the fields of the
    [outputs](outputs.md).

    A release that a stack declares stays the stack's: a refresh of it sees what a script has deployed, and
    the next update deploys what is declared.
"""
_OF_ERRORS = """
## Errors

Every error that is raised on purpose is a `HelmRollbackError`. Secrets are replaced in all of its
texts.
"""


def page() -> str:
    """Return the page."""
    tree = inspect.getdoc(errors) or ""
    return page_of(
        "From a script",
        _INTRODUCTION,
        "## Methods",
        *map(_method, _METHODS),
        _OF_ERRORS,
        f"```text\n{tree.partition(chr(10))[2].strip()}\n```",
        *map(_attributes, (HelmRollbackError, ValidationError, Problem)),
        "The word in `reason` is one of [these](reasons.md).",
    )


def _method(method: Callable[..., object]) -> str:
    told = _parts(method)
    returned = [f"**Returns:** {one_line(told['Returns'])}"] if "Returns" in told else []
    signature = f"### `{method.__name__}{_signature(method)}`"
    taken, raised = (_list(heading, told) for heading in ("Args", "Raises"))
    return "\n\n".join([signature, *_paragraphs(told[""]), *taken, *returned, *raised])


def _list(heading: str, told: dict[str, str]) -> list[str]:
    entries = [f"- `{name}`: {text}" for name, text in _entries(told.get(heading, ""))]
    return [f"**{heading}:**", "\n".join(entries)] if entries else []


def _attributes(declaring: type) -> str:
    told = _parts(declaring)
    rows = ([f"`{name}`", text[:1].upper() + text[1:]] for name, text in _entries(told["Attributes"]))
    return f"### `{declaring.__name__}`\n\n{one_line(told[''])}\n\n{table(('Attribute', 'What it is'), rows)}"


def _signature(method: Callable[..., object]) -> str:
    whole = inspect.signature(method)
    own = [each for name, each in whole.parameters.items() if name != "self"]
    return _QUOTED_TYPE.sub(r"\1", str(whole.replace(parameters=own)))


def _parts(documented: object) -> dict[str, str]:
    """Return the sections of a docstring, by their headings; what is before the first has none."""
    text = inspect.getdoc(documented) or ""
    before, *rest = _SECTION.split(text)
    return {"": before, **dict(zip(rest[::2], map(inspect.cleandoc, rest[1::2]), strict=True))}


def _entries(section: str) -> Iterator[tuple[str, str]]:
    _, *rest = _ENTRY.split(section)
    for name, text in zip(rest[::2], rest[1::2], strict=True):
        yield name, one_line(text)


def _paragraphs(text: str) -> list[str]:
    return [one_line(each) for each in text.strip().split("\n\n")]
