"""Objects that move from one release to another within a stack, without being deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.control_plane import write_chart

if TYPE_CHECKING:
    from tests.e2e.conftest import Bench
    from tests.e2e.outcome import Outcome

pytestmark = [pytest.mark.ground, pytest.mark.sweep, pytest.mark.timeout(600)]

_MAP = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: shared
  annotations: {{{annotations}}}
"""
_KEPT = "helm.sh/resource-policy: keep"
_HEAD = """\
import pulumi
from helm_rollback_component import HelmRelease
"""
_DECLARED = """
HelmRelease("{name}", {inputs}, pulumi.ResourceOptions({options}))
"""

_RESOURCE = """
from pulumi_kubernetes.core.v1 import ConfigMap

place = {{"name": "shared", "namespace": "{namespace}"}}
ConfigMap("old", metadata=place, data={{"size": "1"}}, opts=pulumi.ResourceOptions({options}))
"""


@pytest.fixture
def moving(bench: Bench) -> Moving:
    """Programs whose releases have the same objects."""
    return Moving(bench)


@pytest.fixture
def moving_here(root_bench: Bench) -> Moving:
    """As `moving`, with resources of the Kubernetes provider."""
    return Moving(root_bench)


class Moving:
    """A stack whose program changes from update to update."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._chart("whole", shared=_MAP.format(annotations=""))
        self._chart("keeping", shared=_MAP.format(annotations=_KEPT))
        self._chart("rest")

    def _chart(self, name: str, **templates: str) -> None:
        files = {f"templates/{each}.yaml": text for each, text in templates.items()}
        write_chart(self._bench.project.work_dir / "stacks" / "charts" / name, **files)

    def release(self, name: str, chart: str, options: str = "", **inputs: object) -> str:
        """Return the declaration of a release."""
        source = {"chart": f"./charts/{chart}"}
        given = {"release_namespace": self._bench.space.name, "helm": self._bench.helm, "source": source}
        return _DECLARED.format(name=name, inputs={**given, **inputs}, options=options)

    def config_map(self, options: str = "") -> str:
        """Return the declaration of what the releases have, as a resource of its own."""
        return _RESOURCE.format(namespace=self._bench.space.name, options=options)

    def preview(self, *releases: str) -> Outcome:
        """Preview a program with these releases."""
        self._bench.project.program("".join([_HEAD, *releases]))
        return self._bench.project.preview()

    def up(self, *releases: str, **options: bool) -> Outcome:
        """Bring up a program with these releases."""
        self._bench.project.program("".join([_HEAD, *releases]))
        return self._bench.project.up(**options)

    def uid(self) -> str:
        """Return the UID of what both releases have."""
        found = self._bench.space.get("configmap", "shared")
        assert found is not None
        return str(found["metadata"]["uid"])

    @property
    def settled(self) -> bool:
        """Whether nothing is left to do."""
        return self._bench.project.preview().unchanged


def went_well(outcome: Outcome) -> None:
    """Fail with what was said."""
    assert not outcome.failed, outcome.text


def test_a_release_is_taken_over_by_another_when_its_resource_has_let_go(moving: Moving) -> None:
    old, new = moving.release("old", "whole"), moving.release("new", "whole", take_ownership=True)
    went_well(moving.up(old))
    before = moving.uid()
    outcome = moving.up(new, continue_on_error=True)
    assert outcome.failed
    assert "takes over ConfigMap shared, which belongs to urn:" in outcome.text
    assert "old-release" in outcome.text
    assert "retain_on_delete=True" in outcome.text
    assert moving.uid() == before
    for releases in ([moving.release("old", "whole", "retain_on_delete=True")], [], [new]):
        went_well(moving.up(*releases))
    assert moving.settled
    assert moving.uid() == before


def test_a_chart_is_split_in_two(moving: Moving) -> None:
    whole, rest = moving.release("old", "whole"), moving.release("old", "rest")
    part = moving.release("new", "whole", take_ownership=True)
    went_well(moving.up(whole))
    before = moving.uid()
    outcome = moving.preview(rest, part)
    assert outcome.failed
    assert "helm.sh/resource-policy: keep" in outcome.text
    went_well(moving.up(moving.release("old", "keeping")))
    went_well(moving.up(rest))
    went_well(moving.up(rest, part))
    assert moving.settled
    assert moving.uid() == before


def test_a_release_that_is_renamed_is_replaced(moving: Moving) -> None:
    went_well(moving.up(moving.release("old", "whole", release_name="one")))
    went_well(moving.up(moving.release("old", "whole", release_name="two", take_ownership=True)))
    assert moving.uid()
    assert moving.settled


def test_a_resource_of_the_kubernetes_provider_lets_go_first(moving_here: Moving) -> None:
    moving = moving_here
    new = moving.release("new", "whole", take_ownership=True)
    went_well(moving.up(moving.config_map()))
    before = moving.uid()
    outcome = moving.up(new, continue_on_error=True)
    assert outcome.failed
    assert "takes over ConfigMap shared, which belongs to urn:" in outcome.text
    assert "retain_on_delete=True" in outcome.text
    assert moving.uid() == before
    for declared in ([moving.config_map("retain_on_delete=True")], [], [new]):
        went_well(moving.up(*declared))
    assert moving.settled
    assert moving.uid() == before
