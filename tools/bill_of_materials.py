"""A bill of materials (CycloneDX) whose bytes depend on nothing but what is in it."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime

EXPORT = (
    "--preview-features=sbom-export",
    "export",
    "--locked",
    "--no-dev",
    "--all-extras",
    "--format=cyclonedx1.5",
)
"""What uv makes one with."""


def reproducible(exported: str, *, at: int) -> str:
    """Return a bill without what differs from run to run.

    Args:
        exported: what uv has made.
        at: the time that it is to bear, in seconds since 1970.
    """
    bill = json.loads(exported)
    bill["metadata"]["timestamp"] = datetime.fromtimestamp(at, UTC).isoformat()
    del bill["serialNumber"]
    content = json.dumps(bill, indent=2, sort_keys=True)
    bill["serialNumber"] = uuid.uuid5(uuid.NAMESPACE_OID, content).urn
    return json.dumps(bill, indent=2, sort_keys=True)
