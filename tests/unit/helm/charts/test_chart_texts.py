"""Which charts may deploy custom resources, and load balancers."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.helm.charts.chart_texts import (
    ask_for_a_load_balancer,
    ask_for_chance,
    default_values,
    name_a_custom_group,
)

if TYPE_CHECKING:
    from pathlib import Path

ROLLOUT = "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\n"
PLAIN = "apiVersion: apps/v1\nkind: Deployment\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: Role\n"


def chart(folder: Path, **texts: str) -> Path:
    """Write a chart with these files; ``__`` in a name stands for ``/``."""
    for name, text in {"Chart.yaml": "name: web\nversion: 1.0.0\n", **texts}.items():
        file = folder / name.replace("__", "/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


def archived(files: dict[str, bytes]) -> bytes:
    """Return an archive with a folder and these files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        folder = tarfile.TarInfo("web/templates")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        ROLLOUT,
        "apiVersion: 'gateway.networking.k8s.io/v1'\n",
        '{{ if .Capabilities.APIVersions.Has "monitoring.coreos.com/v1" }}',
        '{{ define "api" }}{{ print "example.com/v1beta2" }}{{ end }}',
    ],
)
def test_a_group_that_is_not_kubernetes_own_is_one(tmp_path: Path, text: str) -> None:
    assert name_a_custom_group(chart(tmp_path, **{"templates__deep__one.yaml": text}), {})


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        "app.kubernetes.io/version: v1",
        "url: https://example.com/v1/things",
        "image: registry.example.com/v1:2",
        'apiVersion: {{ include "api" . }}',
        "apiVersion: example.com/v1.2",
    ],
)
def test_nothing_else_is(tmp_path: Path, text: str) -> None:
    assert not name_a_custom_group(chart(tmp_path, **{"templates__one.yaml": text}), {})


def test_files_that_are_no_templates_do_not_count(tmp_path: Path) -> None:
    assert not name_a_custom_group(chart(tmp_path, **{"README.md": ROLLOUT, "crds__one.yaml": ROLLOUT}), {})


def test_objects_may_stand_in_the_values(tmp_path: Path) -> None:
    assert name_a_custom_group(chart(tmp_path), {"extra": [{"apiVersion": "argoproj.io/v1alpha1"}]})


def test_dependencies_count_in_folders_and_archives(tmp_path: Path) -> None:
    assert name_a_custom_group(chart(tmp_path / "a", **{"charts__sub__templates__one.yaml": ROLLOUT}), {})
    inner = archived({"sub/templates/one.yaml": ROLLOUT.encode()})
    folder = chart(tmp_path / "b", templates__one=PLAIN)
    (folder / "charts").mkdir()
    assert not name_a_custom_group(folder, {})
    (folder / "charts/sub-1.0.0.tgz").write_bytes(inner)
    assert name_a_custom_group(folder, {})


def test_an_archive_is_read_with_the_archives_in_it(tmp_path: Path) -> None:
    inner = archived({"sub/templates/one.yaml": ROLLOUT.encode()})
    archive = tmp_path / "web.tgz"
    plain = {"web/templates/one.yaml": PLAIN.encode(), "web/values.yaml": ROLLOUT.encode()}
    archive.write_bytes(archived(plain))
    assert not name_a_custom_group(archive, {})
    archive.write_bytes(archived({**plain, "web/charts/sub-1.0.0.tgz": inner}))
    assert name_a_custom_group(archive, {})


def test_what_is_no_archive_is_left_to_helm(tmp_path: Path) -> None:
    archive = tmp_path / "web.tgz"
    archive.write_bytes(b"no archive")
    assert not name_a_custom_group(archive, {})


@pytest.mark.parametrize(
    ("files", "values", "asked"),
    [
        ({"values.yaml": "service:\n  type: LoadBalancer\n"}, {}, True),
        ({"charts__sub__values.yaml": "service: {type: 'LoadBalancer'}\n"}, {}, True),
        ({"templates__service.yaml": "spec:\n  type: LoadBalancer\n"}, {}, True),
        ({"values.yaml": "service:\n  type: ClusterIP\n"}, {"service": {"type": "LoadBalancer"}}, True),
        ({"values.yaml": "service:\n  # type: LoadBalancer\n  type: ClusterIP\n"}, {}, False),
        ({"README.md": "type: LoadBalancer\n"}, {"service": {"type": "NodePort"}}, False),
    ],
)
def test_a_load_balancer_is_asked_for_in_values_and_templates(
    tmp_path: Path, files: dict[str, str], values: dict[str, object], *, asked: bool
) -> None:
    assert ask_for_a_load_balancer(chart(tmp_path, **files), values) is asked


@pytest.mark.parametrize(
    ("files", "values", "asked"),
    [
        ({"templates__secret.yaml": "p: {{ randAlphaNum 12 }}"}, {}, True),
        ({"templates__tls.yaml": '{{ $ca := genCA "web" 365 }}'}, {}, True),
        ({"charts__sub__templates__job.yaml": "{{ now | unixEpoch }}"}, {}, True),
        ({"templates__map.yaml": "a: known"}, {"extra": "{{ uuidv4 }}"}, True),
        ({"templates__map.yaml": "a: known", "README.md": "randAlphaNum"}, {"a": "nowhere"}, False),
    ],
)
def test_chance_is_asked_for_in_templates_and_values(
    tmp_path: Path, files: dict[str, str], values: dict[str, object], *, asked: bool
) -> None:
    assert ask_for_chance(chart(tmp_path, **files), values) is asked


@pytest.mark.parametrize(
    ("files", "values"),
    [
        ({"values.yaml": "a: {b: 1}\n"}, {"a": {"b": 1}}),
        ({"values.yaml": "- no mapping\n"}, {}),
        ({"values.yaml": "a: [\n"}, {}),
        ({"charts__sub__values.yaml": "a: 1\n"}, {}),
    ],
)
def test_default_values_are_those_of_the_chart_itself(
    tmp_path: Path, files: dict[str, str], values: dict[str, object]
) -> None:
    assert default_values(chart(tmp_path, **files)) == values
