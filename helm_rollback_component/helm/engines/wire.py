"""How a worker process and its parent talk: one JSON object a line, over pipes."""

from __future__ import annotations

import json
from typing import IO, Any

Message = dict[str, Any]


def send(stream: IO[bytes], message: Message) -> None:
    """Write `message` and flush.

    Raises:
        OSError: the reader is gone.
    """
    stream.write(json.dumps(message).encode() + b"\n")
    stream.flush()


def receive(stream: IO[bytes]) -> Message | None:
    """Read the next message; None after the other side has ended."""
    line = stream.readline()
    if not line.endswith(b"\n"):
        return None
    message: Message = json.loads(line)
    return message
