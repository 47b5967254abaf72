"""What Helm writes when it fetches dependencies, without the time of writing. Pure.

Helm packs a chart of this machine anew each time, and dates the lock: without this no two copies of one chart
would be the same, and no two runs would deploy the same.
"""

from __future__ import annotations

import gzip
import io
import re
import tarfile

from helm_rollback_component.helm.charts import archives

_GENERATED = re.compile(rb"^generated:.*$", re.MULTILINE)
_NEVER = b'generated: "0001-01-01T00:00:00Z"'


def archive(packed: bytes) -> bytes:
    """Return a chart's archive with the same files, all of the same age; what is no archive, as it is."""
    try:
        return _packed_anew(packed)
    except archives.ArchiveError:
        return packed


def _packed_anew(packed: bytes) -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as after:
        for name, read in archives.members(packed, archives.Room()):
            content = read()
            ageless = tarfile.TarInfo(name)
            ageless.size = len(content)
            after.addfile(ageless, io.BytesIO(content))
    return gzip.compress(written.getvalue(), mtime=0)


def lock(content: bytes) -> bytes:
    """Return a lock file of Helm's that does not say when it was made."""
    return _GENERATED.sub(_NEVER, content)
