"""A program in YAML that is interrupted, or whose credentials have expired: the plugin on the real CLI."""

from __future__ import annotations

import os
import signal
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.kube.api import paths
from helm_rollback_component.kube.api.client import Cluster
from tests.e2e.languages import Program, copied, skip_unless_there
from tests.e2e.space import Space, holder
from tests.support import control_plane
from tests.support.namespaces import fresh_namespace
from tests.support.waiting import await_that

if TYPE_CHECKING:
    from collections.abc import Mapping
    from subprocess import Popen

    from tests.support.control_plane import Place
    from tools.ground import Ground

pytestmark = [pytest.mark.ground, pytest.mark.sweep, pytest.mark.timeout(600)]

GRACE = 10.0
"""Seconds from the last Ctrl-C, within which the release is as it was and free."""
ANSWERS = ("^C received; cancelling", "^C received; terminating")
"""What the CLI says to the first and to the second."""
_ALL = [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]


def interrupt(cli: Popen[bytes], program: Program, times: int) -> None:
    """Do as Ctrl-C does: the signal reaches the whole group of the terminal; each is answered."""
    for answer in ANSWERS[:times]:
        os.killpg(cli.pid, signal.SIGINT)
        await_that(partial(_says, program, answer), f"the CLI to say: {answer}")


def _says(program: Program, answer: str) -> bool:
    return answer in program.told()


@pytest.mark.parametrize("times", [1, 2])
def test_a_ctrl_c_restores_the_last_good_revision_and_the_next_update_is_good(
    ground: Ground, helm_programs: Mapping[int, Path], tmp_path: Path, times: int
) -> None:
    skip_unless_there("pulumi-language-yaml")
    program = copied("yaml", tmp_path, ground.kubeconfig)
    with fresh_namespace(ground) as namespace:
        space = Space(ground, namespace)
        with program.upgrading(space, helm_programs[4]) as cli:
            interrupt(cli, program, times)
            last = time.monotonic()
            cli.wait()
            await_that(lambda: not holder(space), "the lock to be free")
        assert time.monotonic() - last < GRACE
        assert (space.statuses(), space.image()[-3:]) == (["superseded", "failed", "deployed"], ":v1")
        program.configure(tag="v3", play="ready")
        assert "Traceback" not in program.up()
        assert (space.statuses()[-1], space.image()[-3:]) == ("deployed", ":v3")
        program.pulumi("preview", "--expect-no-changes")
        program.pulumi("destroy", "--yes", "--skip-preview")


def deployed_by_one_whose_token_expired(program: Program, place: Place, helm: Path) -> None:
    """Deploy with a user's token, which is refused from then on; the configuration still has it."""
    user = place.user(_ALL)
    old = place.with_token(place.token(user))
    program.configure(namespace=place.namespace, helm=str(helm))
    program.pulumi("config", "set", "--secret", "helm-rollback:kubeconfig", old)
    program.up()
    place.cluster.delete(paths.resource("v1", "serviceaccounts", user, place.namespace))
    client = Cluster.connect(old)
    await_that(
        lambda: client._transport.send("GET", paths.secrets(place.namespace))[0] == 401,  # noqa: SLF001  # what it answers
        "the token to be refused",
    )


def test_an_expired_token_is_told_and_the_configurations_takes_its_place(
    ground: Ground, helm_programs: Mapping[int, Path], tmp_path: Path
) -> None:
    skip_unless_there("pulumi-language-yaml")
    program = copied("yaml", tmp_path, Path("/nowhere"))
    with control_plane.place(ground) as place:
        deployed_by_one_whose_token_expired(program, place, helm_programs[4])
        ends = (["refresh", "--yes"], ["destroy", "--yes"])
        for line in ends:
            told = program.pulumi(*line, "--skip-preview", fails=True)
            assert f"{place.namespace}/web: the API server answered 401" in told
            assert "`pulumi config set --secret" in told
            assert "Traceback" not in told
        program.pulumi("config", "set", "--secret", "helm-rollback:kubeconfig", place.kubeconfig)
        for line in ends:
            program.pulumi(*line, "--skip-preview")
        assert not Space(ground, place.namespace).left()
