"""What an API server can do by its version. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_VALIDATES_FIELDS = (1, 27)
_NUMBER = re.compile(r"\d+")


def validates_fields(answer: Mapping[str, Any]) -> bool:
    """Return whether the server itself refuses unknown and doubled fields where it is asked to.

    Every server since Kubernetes 1.27 does (KEP-2885, server-side field validation).

    Args:
        answer: what it answers at ``/version``; some servers write their minor version as ``27+``.
    """
    found = [_NUMBER.match(str(answer.get(part, ""))) for part in ("major", "minor")]
    numbers = tuple(int(number[0]) for number in found if number)
    return len(numbers) == len(found) and numbers >= _VALIDATES_FIELDS
