"""What a chart may deploy, as far as its texts tell: only Helm knows what it does deploy.

It decides how Helm 4 had better wait. Its watcher waits for a custom resource until its status says by
kstatus' conventions that it is ready, and in vain where the status cannot be read so
(https://github.com/helm/helm/issues/32615). The legacy wait leaves custom resources alone, but waits for the
address of a load balancer, and in vain where the cluster gives none.
"""

from __future__ import annotations

import functools
import json
import re
from typing import TYPE_CHECKING, Any

from helm_rollback_component.helm.charts import archives
from helm_rollback_component.inputs import go_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_API_VERSION = re.compile(rb"(?<![\w./-])([a-z0-9-]+(?:\.[a-z0-9-]+)+)/v\d+(?:(?:alpha|beta)\d+)?(?![\w.:])")
_OWN_GROUPS = frozenset(
    {
        b"admissionregistration.k8s.io",
        b"apiextensions.k8s.io",
        b"apiregistration.k8s.io",
        b"authentication.k8s.io",
        b"authorization.k8s.io",
        b"certificates.k8s.io",
        b"coordination.k8s.io",
        b"discovery.k8s.io",
        b"events.k8s.io",
        b"flowcontrol.apiserver.k8s.io",
        b"networking.k8s.io",
        b"node.k8s.io",
        b"rbac.authorization.k8s.io",
        b"resource.k8s.io",
        b"scheduling.k8s.io",
        b"storage.k8s.io",
        b"storagemigration.k8s.io",
    }
)
"""Those of Kubernetes itself whose names have dots."""
_LOAD_BALANCER = re.compile(rb"^[^#\n]*\btype: *[\"']?LoadBalancer\b", re.MULTILINE)
_CHANCE = re.compile(
    rb"\b(?:rand(?:AlphaNum|Alpha|Numeric|Ascii|Bytes|Int)|gen(?:PrivateKey|CA|SelfSignedCert|SignedCert)|"
    rb"uuidv4|shuffle|htpasswd|bcrypt|encryptAES|now)\b"
)
_TEMPLATES = "templates/"
_VALUES = "values.yaml"
_LARGEST_KEPT = 1024 * 1024
"""In bytes, of an archive whose texts are remembered."""


def name_a_custom_group(chart: Path, values: Mapping[str, Any]) -> bool:
    """Return whether the chart's templates, those of its dependencies, or the values name a custom group.

    Args:
        chart: the chart's folder or archive.
        values: the merged values; charts may deploy objects that stand in them.
    """
    texts = (text for name, text in _texts(chart) if _is_template(name))
    return _names_one(json.dumps(values).encode()) or any(map(_names_one, texts))


def ask_for_a_load_balancer(chart: Path, values: Mapping[str, Any]) -> bool:
    """Return whether a Service of the chart, or of its dependencies, may be a load balancer.

    Args:
        chart: the chart's folder or archive.
        values: the merged values.
    """
    given = b'"LoadBalancer"' in json.dumps(values).encode()
    return given or any(_LOAD_BALANCER.search(text) for _, text in _texts(chart))


def ask_for_chance(chart: Path, values: Mapping[str, Any]) -> bool:
    """Return whether the chart may render something else each time: random texts, certificates, the time.

    Args:
        chart: the chart's folder or archive.
        values: the merged values; charts may render templates that stand in them.
    """
    texts = (text for name, text in _texts(chart) if _is_template(name))
    return any(map(_CHANCE.search, (json.dumps(values).encode(), *texts)))


def default_values(chart: Path) -> dict[str, Any]:
    """Return the chart's default values, nothing if they cannot be read.

    Args:
        chart: the chart's folder or archive.
    """
    text = next((text for name, text in _texts(chart) if name == _VALUES), b"")
    try:
        found = go_yaml.first_document(text)
    except go_yaml.YamlError:
        return {}
    return found if isinstance(found, dict) else {}


def _names_one(text: bytes) -> bool:
    return any(found[1] not in _OWN_GROUPS for found in _API_VERSION.finditer(text))


def _texts(chart: Path) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of the templates and default values, those of dependencies included."""
    if not chart.is_dir():
        yield from packed_texts(chart.read_bytes())
        return
    for path in chart.rglob("*"):
        name = path.relative_to(chart).as_posix()
        if path.is_file() and _counts(name):
            yield name, path.read_bytes()
        elif path.is_file() and archives.is_packed_dependency(name):
            yield from packed_texts(path.read_bytes())


def packed_texts(archive: bytes) -> tuple[tuple[str, bytes], ...]:
    """Return name and content of the templates and default values in an archive; none if it is damaged."""
    return _remembered(archive) if len(archive) <= _LARGEST_KEPT else _unpacked(archive)


@functools.lru_cache(16)
def _remembered(archive: bytes) -> tuple[tuple[str, bytes], ...]:
    return _unpacked(archive)


def _unpacked(archive: bytes) -> tuple[tuple[str, bytes], ...]:
    try:
        return tuple((name, text) for _, name, text in archives.nested_files(archive, _counts))
    except archives.ArchiveError:
        return ()  # Helm says what is wrong with it


def _counts(name: str) -> bool:
    return _is_template(name) or name.rpartition("/")[2] == _VALUES


def _is_template(name: str) -> bool:
    in_dependency = name.startswith(archives.DEPENDENCIES) and f"/{_TEMPLATES}" in name
    return name.startswith(_TEMPLATES) or in_dependency
