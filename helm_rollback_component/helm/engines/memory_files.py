"""Files without a name: their content is gone when the last process closes them."""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

_DESCRIPTORS = Path("/proc/self/fd")


def anonymous_file(content: bytes = b"") -> IO[bytes]:
    """Return an open file in memory (else unlinked, on disk) that holds `content`, at its beginning."""
    if sys.platform == "linux":
        handle = cast("IO[bytes]", os.fdopen(os.memfd_create("helm-rollback"), "w+b"))
    else:
        handle = cast("IO[bytes]", tempfile.TemporaryFile())  # noqa: SIM115  # the caller closes it
    handle.write(content)
    handle.flush()
    handle.seek(0)
    return handle


@contextmanager
def readable_path(content: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Give a path at which a child can read `content`, again and again, and the descriptors it must inherit.

    Linux opens a file without a name again through its descriptor. Elsewhere it is a file only this user can
    read, in a folder only this user can enter, gone when the block ends.
    """
    if sys.platform == "linux":
        with anonymous_file(content.encode()) as handle:
            yield str(_DESCRIPTORS / str(handle.fileno())), (handle.fileno(),)
    else:
        with tempfile.TemporaryDirectory(prefix="helm-rollback-") as folder:
            path = Path(folder, "content")
            path.touch(mode=0o600)
            path.write_text(content, encoding="utf-8")
            yield str(path), ()
