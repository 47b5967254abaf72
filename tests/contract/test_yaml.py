"""YAML of others: read as Helm reads it, and values that reach charts exactly as they were written."""

from __future__ import annotations

import base64
import itertools
import json
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from helm_rollback_component import results
from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.errors import ValidationError
from helm_rollback_component.helm.engines.engine import Deployment
from helm_rollback_component.inputs.value_files import merge, read_files
from tests.contract.laboratory import BAD_IMAGE, stands
from tests.support.packages import packed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.contract.helm_fixtures import Space
    from tests.contract.laboratory import Laboratory

pytestmark = pytest.mark.ground

MANY = 120
TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(
    ["😀", "\u2028\u2029\x85", "\x00\x7f\x80\x9f\ufeff\uffff", "\\ud83d", "yes", "1e3", "<<", "=", "a: b # c"]
)
NUMBERS = (
    st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([2**53 + 1, 2**64, 1e21, -0.0, 0.1, 1e-7, 5e-324, 1.7976931348623157e308])
)
KEYS = TEXTS | st.sampled_from(["", "k" * 2000, "8080", "on", "~", "a.b[0]"])
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)

ACCEPTED = (
    'a: &v "1"\nb: &v "2"\nc: *v\n',
    "matchType: =\n",
    "tabs:\t1 \t# why\nmore: {\ta: 1}\t\n",
    "trailing: 1\n---\n",
    "---\nleading: 1\n",
    "tags: [!local a, !!int '5', !!str 5, ! 5, !!binary aGVsbG8=, !local {a: 1}]\n",
    "as_value: [<<, {'<<': 1}]\n",
    "base: &base {x: 1, y: 2}\nmerged: [{<<: *base, y: 3}, {y: 3, <<: *base}, {<<: [*base, {x: 9, z: 3}]}]\n",
    "twice: 1\ntwice: {a: 1}\n",
    "words: [y, N, yes, Off, ON, 'on', tRue, ~, null]\n",
    "numbers: [0o17, 017, 0008, 0x1F, 0b11, 1_000, 1_0.5, +5, .5, 1., 1e3, 18446744073709551616, 1.10]\n",
    "no_numbers: [1:30, 22:22:22, 2001-01-01, 2001-01-01T00:00:00Z, 1.2.3, 1e400, _1]\n",
    "keys: {8080: a, on: b, 1.10: c, 1234567.5: d, 1e40: e, 0x10: f}\n",
    "\ufeffmark: 1\n",
    "lines: |\r\n  x\r\n  y\r\nfolded: >-\r\n  x\r\n  y\r\n",
    "",
    "null\n",
    "# nothing\n",
    "emoji: [😀, \"\\U0001F600\", '\u2028']\n",
)
REFUSED = (
    "a: *nobody\n",
    "a: &a [*a]\n",
    "a: .nan\n",
    "~: a\n",
    "a:\n\tb: 1\n",
    "a: @b\n",
    "- a\n",
)
"""What neither Helm 3 nor Helm 4 reads."""

VALUES_IN_BASE64 = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}}
data: {values: {{ .Values | toJson | b64enc }}}
"""
"""For an API server takes no control characters in what is applied to it."""

ANCHORS = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: anchors}
data: {one: &v "1", two: &v "2", three: *v, four: !local text, five: =,\tsix: <<}\t# why
"""
READ_BY_HELM_ALONE = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: tagged
  annotations:
    a: !] text
"""


def as_floats(value: Any) -> Any:
    """Return the value with its numbers as Go has all of JSON's, and without nulls that stand under keys."""
    match value:
        case dict():
            return {key: as_floats(item) for key, item in value.items() if item is not None}
        case list():
            return [as_floats(item) for item in value]
        case bool() | str() | None:
            return value
        case _:
            return float(value)


_numbers = itertools.count()


@given(many=st.lists(VALUES, min_size=MANY, max_size=MANY))
@settings(
    max_examples=2,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_values_reach_a_chart_as_they_are(space: Space, tmp_path_factory: Any, many: list[Any]) -> None:
    release = f"values-{next(_numbers)}"
    chart = tmp_path_factory.mktemp("chart") / "web-1.0.0.tgz"
    chart.write_bytes(packed("web", "1.0.0", {"templates/config.yaml": VALUES_IN_BASE64}))
    target = replace(space.target(), release=release)
    space.engine.install(target, Deployment(chart, {"many": many}, 60), Cancellation())
    config = space.get("configmap", release)
    assert config is not None
    assert as_floats(json.loads(base64.b64decode(config["data"]["values"]))) == as_floats({"many": many})


def read_by_helm(helm: Path, chart: Path, files: list[Path]) -> subprocess.CompletedProcess[str]:
    values = (f"--values={file}" for file in files)
    return subprocess.run(
        [helm, "template", "web", chart, *values], capture_output=True, text=True, check=False
    )


def written(folder: Path, texts: tuple[str, ...]) -> list[Path]:
    files = [folder / f"{number}.yaml" for number in range(len(texts))]
    for file, text in zip(files, texts, strict=True):
        file.write_bytes(text.encode())
    return files


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    template = "{{ .Values | toJson }}"
    path = tmp_path / "web-1.0.0.tgz"
    path.write_bytes(packed("web", "1.0.0", {"templates/values.yaml": template}))
    return path


@pytest.mark.parametrize("version", [3, 4])
class TestValueFiles:
    def test_are_read_as_helm_reads_them(
        self, version: int, helm_programs: Mapping[int, Path], chart: Path, tmp_path: Path
    ) -> None:
        files = written(tmp_path, ACCEPTED)
        helms = read_by_helm(helm_programs[version], chart, files)
        assert helms.returncode == 0, helms.stderr
        seen = json.loads(helms.stdout.split("\n", 2)[2])
        assert as_floats(merge(read_files([*map(str, files)]))) == as_floats(seen)

    def test_several_documents_are_merged_as_helm_4_does(
        self, version: int, helm_programs: Mapping[int, Path], chart: Path, tmp_path: Path
    ) -> None:
        (file,) = written(tmp_path, ("a: {b: 1}\n--- # more\na: {c: 2}\n",))
        seen = json.loads(read_by_helm(helm_programs[version], chart, [file]).stdout.split("\n", 2)[2])
        assert seen == {"a": {"b": 1}} if version == 3 else {"a": {"b": 1, "c": 2}}
        assert read_files([str(file)]) == [{"a": {"b": 1, "c": 2}}]

    def test_what_helm_refuses_is_refused(
        self, version: int, helm_programs: Mapping[int, Path], chart: Path, tmp_path: Path
    ) -> None:
        for file in written(tmp_path, REFUSED):
            assert read_by_helm(helm_programs[version], chart, [file]).returncode != 0
            with pytest.raises(ValidationError, match=r"value_files\[0\]"):
                read_files([str(file)])


def test_a_chart_with_such_yaml_is_deployed_rolled_back_and_deleted(lab: Laboratory) -> None:
    lib = lab.folder / "lib"
    (lib / "templates").mkdir(parents=True)
    (lib / "Chart.yaml").write_text("apiVersion: v2\nname: lib\nversion: 1.0.0\n")
    (lib / "templates" / "config.yaml").write_text(ANCHORS.replace("anchors", "{{ .Chart.Name }}"))
    dependency = "- {name: lib, version: 1.x.x, repository: 'file://../../lib'"
    listed = "".join(
        f"{dependency}, alias: {alias}, condition: {alias}.enabled}}\n" for alias in ("wanted", "unwanted")
    )
    chart = f"apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n{listed}"
    templates = {"templates/anchors.yaml": ANCHORS, "templates/tagged.yaml": READ_BY_HELM_ALONE}
    source = lab.chart("1.0.0", {"Chart.yaml": chart, **templates})
    declared: dict[str, Any] = {
        "source": {**source, "dependency_update": True},
        "value_files": [{"text": "wanted: {enabled: &v yes}\nunwanted: {enabled: &v no}\nemoji: 😀\n"}],
    }

    deployed = lab.deploy(**declared)
    assert deployed.phase is results.Phase.DEPLOYED
    assert stands(deployed, "Observed") == ("False", "ManifestUnreadable")
    assert "web/templates/tagged.yaml: it is not YAML in line 8" in lab.warned[-1]
    names = {each["metadata"]["name"] for each in lab.space.objects.list("configmap", "")}
    assert {"anchors", "tagged", "wanted", "web"} <= names
    assert "unwanted" not in names
    assert lab.space.values()["emoji"] == "😀"
    lab.upgrade(**declared)
    assert lab.revisions() == [1]

    bad = {**declared, "values": BAD_IMAGE}
    assert lab.upgrade(**bad).phase is results.Phase.ROLLED_BACK
    after = lab.revisions()
    assert lab.upgrade(**bad).phase is results.Phase.ROLLED_BACK
    assert lab.revisions() == after
    assert lab.image() == "registry.example/web:1"

    lab.delete()
    assert lab.leftovers() == []
