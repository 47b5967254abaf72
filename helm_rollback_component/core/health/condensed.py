"""The words of a container runtime, without what they say twice. Pure."""

from __future__ import annotations

import re

_CODE = re.compile(r"rpc error: code = \w+ desc = ")
_WRAPPING = re.compile(
    r'failed to (?:pull and unpack image|resolve reference|resolve image|pull image) "[^"]*": '
)


def condensed(message: str) -> str:
    """Return a message of a pull without the layers of the runtime through which its cause has come.

    ``failed to pull and unpack image "a": failed to resolve reference "a": a: not found`` comes to
    ``a: not found``.
    """
    cause = _WRAPPING.sub("", _CODE.sub("", message))
    return ": ".join(dict.fromkeys(cause.split(": ")))
