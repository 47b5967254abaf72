"""What another hand does to a release's records: marks, edits, damage, loss; and how to see them after."""

from __future__ import annotations

import base64
import gzip
import json
from typing import TYPE_CHECKING, Any

from tests.support.objects import record_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.contract.helm_fixtures import Space


def rewrite(space: Space, revision: int, change: Callable[[dict[str, Any]], None]) -> None:
    """Change a record, and the label that Helm selects it by."""
    secret = _secret(space, revision)
    record = record_of(secret)
    change(record)
    space.objects.replace("secret", _packed(secret, record))


def mark(space: Space, revision: int, status: str, description: str = "") -> None:
    """Give a record a status, as a client that died leaves it."""

    def change(record: dict[str, Any]) -> None:
        info = record["info"]
        info["status"] = status
        info["description"] = description or info["description"]

    rewrite(space, revision, change)


def edit(space: Space, revision: int) -> None:
    """Change what a record says was deployed."""

    def change(record: dict[str, Any]) -> None:
        record["manifest"] += "\n# changed by hand\n"

    rewrite(space, revision, change)


def corrupt(space: Space, revision: int) -> None:
    """Make a record undecodable."""
    secret = _secret(space, revision)
    secret["data"]["release"] = base64.b64encode(b"no record").decode()
    space.objects.replace("secret", secret)


def forget(space: Space, *revisions: int) -> None:
    """Delete records."""
    for revision in revisions:
        space.objects.delete("secret", _name(revision))


def imitate(space: Space, revision: int, *others: int) -> None:
    """Store the content of one record as that of others too, all superseded but the last."""
    secret = _secret(space, revision)
    for number in others:
        record = record_of(secret)
        record["version"] = number
        record["info"]["status"] = "deployed" if number == others[-1] else "superseded"
        copy = {
            **secret,
            "metadata": {
                "name": _name(number),
                "labels": {**secret["metadata"]["labels"], "version": str(number)},
            },
        }
        space.objects.create("secret", _packed(copy, record))
    mark(space, revision, "superseded")


def stored(space: Space) -> dict[int, str]:
    """Return the status label of every record by revision, undecodable ones included."""
    found = space.objects.list("secret", "owner=helm,name=web")
    labels = (secret["metadata"]["labels"] for secret in found)
    return dict(sorted((int(label["version"]), label["status"]) for label in labels))


def _secret(space: Space, revision: int) -> dict[str, Any]:
    found = space.get("secret", _name(revision))
    assert found is not None
    found["metadata"].pop("managedFields", None)
    return found


def _packed(secret: dict[str, Any], record: dict[str, Any]) -> dict[str, Any]:
    """Return the Secret with that record in it, and in the label that Helm selects by."""
    packed = base64.b64encode(gzip.compress(json.dumps(record).encode()))
    labels = {**secret["metadata"]["labels"], "status": record["info"]["status"]}
    return {
        **secret,
        "metadata": {**secret["metadata"], "labels": labels},
        "data": {"release": base64.b64encode(packed).decode()},
    }


def _name(revision: int) -> str:
    return f"sh.helm.release.v1.web.v{revision}"
