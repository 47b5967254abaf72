"""Where a chart is, by its name alone."""

from __future__ import annotations

OCI_SCHEME = "oci://"


def is_local(chart: str, repository: object) -> bool:
    """Whether the chart is a folder or archive on this machine."""
    return repository is None and not chart.startswith(OCI_SCHEME)
