"""Which definitions Helm installs, of charts in charts that values switch off: asked of Helm itself."""

from __future__ import annotations

import json
import random
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.core.health import objects
from helm_rollback_component.core.manifests import chart_tree
from helm_rollback_component.core.manifests.chart_tree import Switch
from helm_rollback_component.helm.charts import chart_definitions

if TYPE_CHECKING:
    from pathlib import Path

    from tools.ground import Ground

pytestmark = pytest.mark.ground

_CHARTS = ["a", "b", "c"]
_KEYS = [*_CHARTS, "alias", "global", "tags", "x", "y"]
_DEEPEST = 3


class Maker:
    """Writes charts at random, with definitions, conditions, tags, aliases and default values."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311  # nothing is kept secret by it
        self._made = 0

    def values(self, depth: int = 0) -> dict[str, Any]:
        """Return values; sometimes a null is in them."""
        found: dict[str, Any] = {}
        for key in self._random.sample(_KEYS, self._random.randint(0, 4)):
            table = key not in ("x", "y") or self._random.random() < 0.3
            leaf = self._random.choice([True, False, True, False, "text", 0, None])
            found[key] = (self.values(depth + 1) if depth < _DEEPEST else {}) if table else leaf
        return found

    def write(self, folder: Path, name: str, depth: int = 0) -> Path:
        """Write a chart with those in it."""
        inner = self._random.sample(_CHARTS, self._random.randint(1, 2)) if depth < _DEEPEST else []
        needed = [need for each in inner for need in self._needs(each)]
        listed = {"dependencies": needed} if needed or self._random.random() < 0.5 else {}
        self._made += 1
        definition = {"apiVersion": "v1", "kind": "CustomResourceDefinition"}
        texts = {
            "Chart.yaml": {"apiVersion": "v2", "name": name, "version": "1.0.0", **listed},
            "values.yaml": self.values(),
            "crds/one.yaml": {**definition, "metadata": {"name": f"n{self._made}"}},
        }
        for place, text in texts.items():
            file = folder / place
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(text))
        for each in inner:
            self.write(folder / "charts" / each, each, depth + 1)
        return folder

    def _needs(self, name: str) -> list[dict[str, Any]]:
        if self._random.random() < 0.15:
            return []
        keys = [".".join(self._random.choices(_KEYS, k=self._random.randint(1, 3))) for _ in range(2)]
        need = {"name": name, "version": "1.0.0", "condition": ",".join([f"{name}.x", *keys])}
        tagged = {**need, "tags": self._random.sample(["x", "y"], 1)}
        aliased = {**tagged, "alias": "alias"} if self._random.random() < 0.3 else tagged
        return [aliased, {**aliased, "alias": "x"}] if self._random.random() < 0.2 else [aliased]


def taken_in(helm: Path, chart: Path, values: Path) -> set[str] | None:
    """Return the names of the definitions that Helm installs; None where it refuses the chart."""
    asked = [str(helm), "template", "web", str(chart), "--include-crds", f"--values={values}"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    return None if done.returncode else {json.loads(x)["metadata"]["name"] for x in lines if x[:1] == "{"}


@pytest.mark.parametrize("version", [3, 4])
def test_what_is_told_is_what_helm_takes_in(version: int, ground: Ground, tmp_path: Path) -> None:
    certain = 0
    for seed in range(20):
        maker = Maker(seed)
        chart, given = maker.write(tmp_path / str(seed), "web"), maker.values()
        values = tmp_path / f"{seed}.json"
        values.write_text(json.dumps(given))
        taken = taken_in(ground.helm(version), chart, values)
        if taken is None:
            continue
        told = chart_tree.definitions(chart_definitions.read(chart), given)
        on, not_known = (
            {objects.name(each) for each, switch in told if switch is wanted}
            for wanted in (Switch.ON, Switch.NOT_KNOWN)
        )
        assert on <= taken <= on | not_known, seed
        certain += not not_known
    assert certain > 5
