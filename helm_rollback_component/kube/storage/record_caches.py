"""What was read of records, whichever release they are of: each version of one is read once in a process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.kube.storage.lru_cache import LruCache

if TYPE_CHECKING:
    from helm_rollback_component.core.records.history import Record

_TEXT_KEPT = 32_000_000

KNOWN: LruCache[tuple[str, str, str], Record | None] = LruCache(4096)
"""By UID, resource version and kind of digest: what history tells of a record, None if undecodable."""

TEXTS: LruCache[tuple[str, str], tuple[str, ...]] = LruCache(_TEXT_KEPT, lambda texts: sum(map(len, texts)))
"""By UID and resource version: a record's manifest, and those of its hooks."""

VALUES: LruCache[tuple[str, str], str] = LruCache(_TEXT_KEPT, len)
"""By UID and resource version: a record's values, in JSON."""
