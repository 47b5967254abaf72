"""What containers have logged, by their names: files as the kubelet keeps them, and where kwok finds them."""

from pathlib import Path
from typing import Any

import yaml

_WRITTEN = Path(__file__).with_name("stages") / "logs.yaml"
_AT = "2026-01-01T00:00:00.000000000Z"


def write_logs(folder: Path) -> dict[str, Any]:
    """Write a file for each log of stages/logs.yaml, and return the object that tells kwok of them."""
    folder.mkdir()
    logs = []
    for container, runs in yaml.safe_load(_WRITTEN.read_text(encoding="utf-8")).items():
        this, before = folder / f"{container}.log", folder / f"{container}.previous.log"
        this.write_bytes(_as_kept(runs["this"]))
        before.write_bytes(_as_kept(runs["before"]))
        files = {"logsFile": str(this), "previousLogsFile": str(before)}
        logs.append({"containers": [container], **files})
    return {
        "apiVersion": "kwok.x-k8s.io/v1alpha1",
        "kind": "ClusterLogs",
        "metadata": {"name": "container-logs"},
        "spec": {"logs": logs},
    }


def _as_kept(lines: list[str]) -> bytes:
    """Return lines as container runtimes keep them; a lone surrogate stands for a byte that is no UTF-8."""
    kept = "".join(f"{_AT} stdout F {line}\n" for line in lines)
    return kept.encode("utf-8", "surrogateescape")
