"""What a chart's name says about where it is, and its metadata about rolling back across it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

OCI_SCHEME = "oci://"
POINT_OF_NO_RETURN = "helm-rollback/point-of-no-return"
"""Annotation in Chart.yaml, ``"true"`` for a chart whose changes the charts before it cannot work with."""

_IN_ADDRESS = re.compile(r"\w://(?:[^/@\s:]*:)?([^/@\s]+)@")


def is_local(chart: str, repository: object) -> bool:
    """Whether the chart is a folder or archive on this machine."""
    return repository is None and not chart.startswith(OCI_SCHEME)


def marks_point_of_no_return(metadata: object) -> bool:
    """Return whether a chart's metadata, of any shape, says that nothing rolls back across it."""
    annotations = metadata.get("annotations") if isinstance(metadata, Mapping) else None
    found = annotations.get(POINT_OF_NO_RETURN) if isinstance(annotations, Mapping) else None
    return str(found).strip().lower() == "true"


def passwords_in(text: str) -> list[str]:
    """Return the passwords in a text's addresses, ``https://user:password@host``: as written, and decoded."""
    found = _IN_ADDRESS.findall(text)
    return list(dict.fromkeys([*found, *map(unquote, found)]))
