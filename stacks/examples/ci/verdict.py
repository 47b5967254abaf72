"""Prints the verdict on each release of a stack as Markdown: `pulumi stack export | python verdict.py`.

Stack outputs keep the values of the last update that went well. The state is right after a failed one, too.
"""

import json
import sys
from typing import Any

INTERRUPTED = "\nAn operation was interrupted. The next update tells what became of it.\n"
RELEASE = "pulumi-python:dynamic/helm-rollback:Release"


def verdict(state: dict[str, Any]) -> str:
    """Return a table of the releases in the state of a stack."""
    resources = state["deployment"].get("resources", [])
    found = [resource["outputs"] for resource in resources if resource["type"] == RELEASE]
    head = "| Release | Phase | Revision | Chart | Why |\n|---|---|---|---|---|\n"
    table = head + "".join(f"| {' | '.join(map(plain, row(each)))} |\n" for each in found)
    return table + INTERRUPTED if state["deployment"].get("pending_operations") else table


def row(release: dict[str, Any]) -> list[str]:
    """Return what is told of one release."""
    place = f"{release['release_namespace']}/{release['release_name']}"
    revision, chart = str(release["revision"]), release["chart_version"]
    ready = next(each for each in release["conditions"] if each["type"] == "Ready")
    why = "" if ready["status"] == "True" else ready["message"]
    return [place, release["phase"], revision, chart, why]


def plain(text: str) -> str:
    """Return a text that ends no cell of the table."""
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(verdict(json.load(sys.stdin)))
