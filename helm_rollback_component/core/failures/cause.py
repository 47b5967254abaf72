"""The cause in Helm's message: without what surrounds it, and without the dumps of objects in it. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LONGEST = 600
_BEGINNING = 380
_LONGEST_VALUE = 120
_CUT = " … "

_NOISE = re.compile(
    r"Error: "
    r"|INSTALLATION FAILED: "
    r"|UPGRADE FAILED: "
    r"|cluster reachability check failed: "
    r"|release name check failed: "
    r"|(kubernetes )?cluster unreachable: "
    r"|uninstallation completed with \d+ error\(s\): "
    r"|uninstall: Release not loaded: \S+ "
    r"|unable to continue with (install|update): "
    r"|(create|update): failed to (create|update): "
    r"|query: failed to query with labels: "
    r"|failed to create resource: "
    r"|server-side apply failed for object [^:]+: "
    r"|cannot patch \"[^\"]*\" with kind \w+: "
    r"|conflict occurred while applying object [^:]+: "
    r"|unable to build kubernetes objects from [^:]+: "
    r"|resource mapping not found for [^:]+: \"[^\"]*\" namespace: \"[^\"]*\" from \"[^\"]*\": "
    r"|failed to perform \"\w+\" on (source|target): ",
    re.IGNORECASE,
)
_COUNT = re.compile(r"\b\d+ errors? occurred:\s+\* ")
_ITEM = re.compile(r"\n\s*\* ")
_CIRCUMSTANCE = re.compile(r" (context deadline exceeded|ensure CRDs are installed first)$")
_LIST_OF_UNKNOWN_KINDS = re.compile(r"\[resource mapping not found ")
_UNKNOWN_KIND = re.compile(r"no matches for kind \"([^\"]*)\" in version \"([^\"]*)\"")
_OUR_FILE = re.compile(r" ?\"?/(proc/self|dev)/fd/\d+\"?")

_VALUE = re.compile(r"Invalid value: [\w.]*(?=[{\[\"])")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]', re.DOTALL)
_DIFFERENCE = re.compile(r"@@ -\d")
_NEXT_ERROR = "&& "


def without_dumps(error: str) -> str:
    """Return an error without the objects that the API server prints into it.

    Such are the value of a field that it refuses, and the difference between two specs.
    """
    return _without_values("\n".join(_without_differences(error.splitlines())))


def essential(error: str) -> str:
    """Return the cause that an error names, on one line of at most 600 characters.

    Of a longer one the middle is left out: the beginning says what failed, and the end why.
    """
    lines = (line.strip().removeprefix("- ") for line in _with_listed_once(error).splitlines())
    said = " ".join(line for line in lines if line)
    while match := _NOISE.match(said):
        said = said[match.end() :]
    if _LIST_OF_UNKNOWN_KINDS.match(said):
        said = _of_unknown(_UNKNOWN_KIND.findall(said))
    said = _OUR_FILE.sub("", _CIRCUMSTANCE.sub("", said))
    if len(said) <= _LONGEST:
        return said
    return f"{said[:_BEGINNING]}{_CUT}{said[len(_CUT) + _BEGINNING - _LONGEST :]}"


def _with_listed_once(error: str) -> str:
    """Return an error with each of those that it counts and lists once."""
    head, *listed = _COUNT.split(error, maxsplit=1)
    items = _ITEM.split("".join(listed).strip())
    return head + "; ".join(dict.fromkeys(items))


def _of_unknown(kinds: Iterable[tuple[str, str]]) -> str:
    """Return in one sentence what is said of each object whose kind the cluster does not know."""
    by_version: dict[str, dict[str, None]] = {}
    for kind, version in kinds:
        by_version.setdefault(version, {})[f'"{kind}"'] = None
    return "; ".join(
        f'no matches for kind {", ".join(names)} in version "{version}"'
        for version, names in by_version.items()
    )


def _without_differences(lines: Iterable[str]) -> Iterator[str]:
    inside = False
    for line in lines:
        inside = not line.strip().startswith(_NEXT_ERROR) and (inside or bool(_DIFFERENCE.match(line)))
        if not inside:
            yield line


def _without_values(error: str) -> str:
    kept, done = [], 0
    for found in _VALUE.finditer(error):
        end = _end_of_value(error, found.end())
        if found.start() >= done and end - found.end() > _LONGEST_VALUE:
            kept.append(f"{error[done : found.end()]}…")
            done = end
    return "".join((*kept, error[done:]))


def _end_of_value(error: str, begin: int) -> int:
    """Return the index behind the value that begins there, as far as its brackets and quotes tell."""
    depth = 0
    for token in _TOKEN.finditer(error, begin):
        depth += (token[0] in "{[") - (token[0] in "}]")
        if depth <= 0:
            return token.end()
    return begin
