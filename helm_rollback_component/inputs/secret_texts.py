"""The texts in a secret value that are looked for elsewhere. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from helm_rollback_component.inputs.tree import leaves

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORDS = frozenset(
    [
        *("true", "false", "yes", "none", "null", "enabled", "disabled", "default"),
        *("always", "never", "ifnotpresent", "onfailure", "retain", "delete", "recreate", "rollingupdate"),
        *("clusterip", "nodeport", "loadbalancer", "tcp", "udp", "http", "https", "grpc", "localhost"),
        *("debug", "info", "warn", "warning", "error", "json", "text"),
        *("get", "list", "watch", "create", "update", "patch"),
    ]
)
"""What messages and charts say everywhere: a mask would hide nothing there, and take the sense away."""
_DIGITS_WITH_EXPONENT = 7
_DIGITS_OF_A_FLOAT = 15


def texts_in(found: Any) -> Iterator[str]:
    """Yield every text in a secret value, numbers as texts among them, and what stands in JSON documents.

    Yes and no are never secret, nor are the words that every chart says, such as ``default`` and
    ``IfNotPresent``.
    """
    for _, leaf in leaves(found):
        match leaf:
            case bool():
                continue
            case str() if leaf.strip().lower() in _WORDS:
                continue
            case str():
                yield leaf
                yield from _inside(leaf)
            case int() | float():
                yield from _spelled(leaf)


def _inside(text: str) -> Iterator[str]:
    """Yield what stands in a text that is a JSON document: a chart may take it apart."""
    if text.lstrip()[:1] not in ("{", "["):
        return
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return
    yield from texts_in(document)


def _spelled(number: float) -> Iterator[str]:
    """Yield a number as Python writes it, and as Go does where a chart's number is a float."""
    yield str(number)
    whole = str(abs(number))
    if isinstance(number, int) and _DIGITS_OF_A_FLOAT >= len(whole) >= _DIGITS_WITH_EXPONENT:
        digits = whole.rstrip("0")
        point = "." if len(digits) > 1 else ""
        yield f"{whole[0]}{point}{digits[1:]}e+{len(whole) - 1:02}"
