"""Helm's release records: from the bytes in a Secret to values, and back. Pure.

A record is JSON, gzipped (very old ones are not), in base64; the Secret's own base64 comes on top.
"""

from __future__ import annotations

import gzip
import json
import zlib
from base64 import b64encode
from typing import TYPE_CHECKING, Any

from helm_rollback_component.core.health import foreign
from helm_rollback_component.core.health.baseline import Stored
from helm_rollback_component.core.records.digests import as_stored
from helm_rollback_component.core.records.history import Record, Status
from helm_rollback_component.inputs.chart_source import marks_point_of_no_return
from helm_rollback_component.kube.storage import record_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from helm_rollback_component.core.records.digests import Digester

SECRET_TYPE = "helm.sh/release.v1"  # noqa: S105  # the type of Helm's Secrets, not a secret

_LAST_REVISION = 2**63 - 1
"""The largest number that Helm can read."""
_LONGEST_WORD = 1000
"""In characters, of a name, a version or a time."""
_LONGEST_DESCRIPTION = 65_536
_KUBERNETES_PROVIDER = "pulumi-kubernetes"
"""What Pulumi's Kubernetes provider calls itself."""
_ROLLBACK_HOOKS = ("pre-rollback", "post-rollback")
_STATUSES = frozenset(status.value for status in Status)

Release = dict[str, Any]
"""A decoded record; may contain secrets."""


class UndecodableError(ValueError):
    """What is stored is not a release record."""


def secret_name(release: str, revision: int) -> str:
    """Return the name of the Secret in which a revision is stored."""
    return f"sh.helm.release.v1.{release}.v{revision}"


def revision_of(secret: str, release: str) -> int | None:
    """Return the revision in a Secret of this name, or None if it is no Secret of this release."""
    number = secret.removeprefix(secret_name(release, 0)[:-1])
    revision = int(number) if number.isdecimal() else 0
    known = revision <= _LAST_REVISION and secret_name(release, revision) == secret
    return revision if known else None


def selector(release: str, *fields: str) -> dict[str, str]:
    """Return the query that finds a release's Secrets, with further field selectors if given."""
    fields = (f"type={SECRET_TYPE}", *fields)
    return {"labelSelector": f"owner=helm,name={release}", "fieldSelector": ",".join(fields)}


def decode(secret: dict[str, Any], revision: int) -> Release:
    """Return the record in a Secret.

    Raises:
        UndecodableError: if it is not the record of that revision.
    """
    try:
        release: Release = record_text.read(secret["data"]["release"])  # type: ignore[assignment]  # looked at next
        number = release["version"]
        texts = release["info"]["status"], release["chart"]["metadata"]["name"]
        "".join(texts)
    except record_text.BoundsError as error:
        raise UndecodableError(str(error)) from None
    except (AttributeError, KeyError, TypeError, ValueError, zlib.error) as error:
        raise UndecodableError(type(error).__name__) from None
    if type(number) is not int or number != revision:
        raise UndecodableError(f"it is not the record of revision {revision}")
    return release


def encode(release: Release) -> str:
    """Return what stands in the Secret of this record as ``data.release``.

    Raises:
        UndecodableError: it has a number that JSON has no form for.
    """
    try:
        text = json.dumps(release, allow_nan=False)
    except ValueError as error:
        raise UndecodableError(type(error).__name__) from None
    return b64encode(b64encode(gzip.compress(text.encode(), mtime=0))).decode()


def record(release: Release, digester: Digester) -> Record:
    """Return what history tells of a record.

    Raises:
        UndecodableError: if it lacks what every record has.
    """
    try:
        return _record(release, digester)
    except (ArithmeticError, AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise UndecodableError(type(error).__name__) from None


def _record(release: Release, digester: Digester) -> Record:
    info, metadata = release["info"], release["chart"]["metadata"]
    return Record(
        revision=release["version"],
        status=status(release),
        chart_name=_text(metadata, "name"),
        chart_version=_text(metadata, "version"),
        app_version=_text(metadata, "appVersion"),
        description=_any_text(info, "description")[:_LONGEST_DESCRIPTION],
        deployed_at=_text(info, "last_deployed"),
        digest=digester.of(_content(release)),
        values_digest=digester.of(values(release)),
        point_of_no_return=marks_point_of_no_return(metadata),
        hook_under_way=_rollback_hook(release),
        apply_method=_text(release, "apply_method"),
    )


def _text(fields: dict[str, Any], key: str) -> str:
    text = _any_text(fields, key)
    if len(text) > _LONGEST_WORD:
        raise ValueError(key)
    return text


def _any_text(fields: dict[str, Any], key: str) -> str:
    text = fields.get(key) or ""
    if not isinstance(text, str):
        raise TypeError(key)
    return text


def stored(secret: dict[str, Any]) -> Stored:
    """Return since when a record is there."""
    metadata = secret["metadata"]
    version = foreign.spelled_number(metadata, "resourceVersion")
    return Stored(metadata.get("creationTimestamp", ""), version or 0)


def is_of_kubernetes_provider(secret: dict[str, Any]) -> bool:
    """Whether Pulumi's Kubernetes provider wrote a record; the API server notes who writes."""
    writers = foreign.mappings(secret["metadata"], "managedFields")
    return any(each.get("manager") == _KUBERNETES_PROVIDER for each in writers)


def status(release: Release) -> Status:
    """Return Helm's word for a record."""
    word = release["info"]["status"]
    return Status(word) if word in _STATUSES else Status.UNKNOWN


def _rollback_hook(release: Release) -> str:
    """Return which hook a pending rollback has begun and not ended, as far as its record says."""
    if status(release) is not Status.PENDING_ROLLBACK:
        return ""
    begun = (
        hook for hook in release.get("hooks") or () if (hook.get("last_run") or {}).get("phase") == "Running"
    )
    events = [event for hook in begun for event in hook.get("events") or () if event in _ROLLBACK_HOOKS]
    return events[0] if len(events) == 1 else "rollback" if events else ""


def values(release: Release) -> dict[str, Any]:
    """Return the values that the revision was given, without the chart's defaults.

    Raises:
        TypeError: they are not a mapping.
    """
    return as_stored(dict(release.get("config") or {}))  # type: ignore[no-any-return]


def texts(release: Release) -> tuple[str, ...]:
    """Return the YAML in a record: the manifest, and one text for each hook.

    Raises:
        UndecodableError: if they are not texts.
    """
    try:
        hooks = (hook.get("manifest") or "" for hook in release.get("hooks") or ())
        found = (release.get("manifest") or "", *hooks)
        "".join(found)
    except (AttributeError, TypeError) as error:
        raise UndecodableError(type(error).__name__) from None
    return found


def marked(
    secret: dict[str, Any], release: Release, status: Status, description: str, now: int
) -> dict[str, Any]:
    """Return the Secret with that status, in the label that Helm selects by and in the record.

    Args:
        secret: as it was read; its ``resourceVersion`` stays, so that it replaces nothing newer.
        release: the record in it.
        status: Helm's new word for it.
        description: the sentence about it in Helm's history; empty for the one that it has.
        now: seconds since the epoch.

    Raises:
        UndecodableError: the record cannot be written again as it is.
    """
    told = {"description": description} if description else {}
    info = {**release["info"], "status": status.value, **told}
    metadata = secret["metadata"]
    labels = {**metadata.get("labels", {}), "status": status.value, "modifiedAt": str(now)}
    return {
        **secret,
        "metadata": {**metadata, "labels": labels},
        "data": {**secret["data"], "release": encode({**release, "info": info})},
    }


def _content(release: Release) -> dict[str, Any]:
    """Return the content of a revision, in a form that does not depend on which Helm wrote the record last.

    Helm 3 and Helm 4 each drop and add fields that are empty or times when they mark a record superseded.
    """
    chart = release["chart"]
    return {
        "metadata": _filled(chart["metadata"]),
        "lock": _filled(chart.get("lock") or {}),
        "schema": chart.get("schema") or "",
        "values": as_stored(chart.get("values") or {}),
        "templates": _files(chart.get("templates")),
        "files": _files(chart.get("files")),
        "config": values(release),
        "manifest": release.get("manifest", ""),
        "hooks": [
            _filled({key: value for key, value in hook.items() if key != "last_run"})
            for hook in release.get("hooks") or ()
        ],
    }


def _files(files: Iterable[dict[str, Any]] | None) -> list[list[str]]:
    return sorted([file["name"], file.get("data") or ""] for file in files or ())


def _filled(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value or value is False}
