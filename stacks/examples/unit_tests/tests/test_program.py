"""What the program declares, and what it makes of a rollback: no cluster, no Helm and no Pulumi CLI."""

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest

from helm_rollback_component import Reason, ValidationError
from helm_rollback_component.testing import Deployed, HelmReleaseMocks, RolledBack

PROGRAM = Path(__file__).parents[1] / "__main__.py"


class Mocks(HelmReleaseMocks):
    """Mocks that keep the inputs of every release."""

    declared: dict[str, Any]

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        """Keep the inputs, and return id and outputs."""
        self.declared = args.inputs
        return super().new_resource(args)


def run(mocks: HelmReleaseMocks, check: Callable[[str], None], **config: str) -> None:
    """Run the program with mocks, and check its notice."""
    pulumi.runtime.set_mocks(mocks, project="unit-tests")
    given = {"namespace": "apps", "tag": "1.29", **config}
    pulumi.runtime.set_all_config({f"unit-tests:{key}": value for key, value in given.items()})

    def program() -> pulumi.Output[None]:
        notice: pulumi.Output[str] = runpy.run_path(str(PROGRAM))["notice"]
        return notice.apply(check)

    pulumi.runtime.test(program)()  # type: ignore[no-untyped-call]  # Pulumi's decorator has no types


def test_a_deployed_release_needs_no_notice() -> None:
    def check(notice: str) -> None:
        assert notice == ""

    run(HelmReleaseMocks({"web": Deployed(revision=3)}), check)


def test_a_rollback_is_noticed_with_its_reason() -> None:
    def check(notice: str) -> None:
        assert notice == "web was rolled back: CrashLoopBackOff"

    run(HelmReleaseMocks({"web": RolledBack(reason=Reason.CRASH_LOOP_BACK_OFF)}), check)


def test_the_tag_of_the_configuration_is_deployed() -> None:
    mocks = Mocks()

    def check(_: str) -> None:
        assert mocks.declared["values"] == {"image": {"tag": "1.30"}}

    run(mocks, check, tag="1.30")


def test_bad_inputs_are_refused_as_in_a_preview() -> None:
    with pytest.raises(ValidationError, match="release_namespace"):
        run(HelmReleaseMocks(), lambda _: None, namespace="Not a namespace")
