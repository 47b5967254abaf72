"""The programs in other languages: deploy, a bad upgrade, repair, destroy. They need the CLI and a host."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.languages import copied, skip_unless_there
from tests.e2e.space import Space, holder
from tests.support.namespaces import fresh_namespace
from tests.support.waiting import await_that

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tools.ground import Ground

pytestmark = [pytest.mark.ground, pytest.mark.sweep, pytest.mark.timeout(1800)]

ANOTHER_PROVIDER = """\
name: helm-rollback-yaml
runtime: yaml
packages: {helm-rollback: ../../../plugin}
config:
  namespace: {type: string}
  kubeconfig: {type: string}
  helm: {type: string}
resources:
  first:
    type: helm-rollback:HelmRelease
    properties: {releaseNamespace: "${namespace}", source: {chart: ../../charts/web}, helm: "${helm}"}
  there:
    type: pulumi:providers:helm-rollback
    properties: {kubeconfig: "${kubeconfig}-${first.revision}", namespace: "${namespace}"}
  second:
    type: helm-rollback:HelmRelease
    properties: {source: {chart: ../../charts/web}, helm: "${helm}"}
    options: {provider: "${there}"}
outputs: {phase: "${second.phase}", namespace: "${second.releaseNamespace}"}
"""
"""The provider of one release needs another release: a preview does not know its kubeconfig."""


@pytest.mark.parametrize(("language", "host"), [("yaml", "yaml"), ("typescript", "nodejs"), ("go", "go")])
def test_a_bad_upgrade_is_rolled_back_and_repaired(
    language: str, host: str, ground: Ground, helm_programs: Mapping[int, Path], tmp_path: Path
) -> None:
    skip_unless_there(f"pulumi-language-{host}")
    program = copied(language, tmp_path, ground.kubeconfig)
    with fresh_namespace(ground) as namespace:
        program.configure(namespace=namespace, helm=str(helm_programs[4]))
        program.up()
        assert program.pulumi("stack", "output", "phase").strip().endswith("Deployed")
        program.configure(tag="missing", play="image-pull")
        told = program.up(fails=True)
        assert "revision 1 runs again, as revision 3" in told
        assert "Traceback" not in told
        program.configure(tag="1.30", play="ready")
        program.up()
        program.pulumi("preview", "--expect-no-changes")
        program.pulumi("destroy", "--yes", "--skip-preview")


def test_a_provider_may_be_known_only_in_the_update(
    ground: Ground, helm_programs: Mapping[int, Path], tmp_path: Path
) -> None:
    skip_unless_there("pulumi-language-yaml")
    program = copied("yaml", tmp_path, Path("/nowhere"))
    (program.folder / "Pulumi.yaml").write_text(ANOTHER_PROVIDER)
    for number in (1, 2):
        shutil.copy(ground.kubeconfig, tmp_path / f"kubeconfig-{number}")
    with fresh_namespace(ground) as namespace:
        program.configure(
            namespace=namespace, helm=str(helm_programs[4]), kubeconfig=f"{tmp_path}/kubeconfig"
        )
        program.pulumi("config", "set", "helm-rollback:kubeconfig", str(ground.kubeconfig))
        program.pulumi("preview")
        program.up()
        assert program.pulumi("stack", "output", "phase").strip().endswith("Deployed")
        assert program.pulumi("stack", "output", "namespace").strip().endswith(namespace)
        program.pulumi("preview", "--expect-no-changes")
        program.pulumi("destroy", "--yes", "--skip-preview")


def test_a_killed_cli_leaves_the_last_good_revision(
    ground: Ground, helm_programs: Mapping[int, Path], tmp_path: Path
) -> None:
    skip_unless_there("pulumi-language-yaml")
    program = copied("yaml", tmp_path, ground.kubeconfig)
    with fresh_namespace(ground) as namespace:
        space = Space(ground, namespace)
        with program.upgrading(space, helm_programs[4]) as cli:
            cli.kill()
        await_that(lambda: not holder(space), "the lock to be free")
        assert (space.statuses(), space.image()[-3:]) == (["superseded", "failed", "deployed"], ":v1")
        program.pulumi("cancel", "--yes")
        program.configure(tag="v3", play="ready")
        program.up()
        program.pulumi("destroy", "--yes", "--skip-preview")
