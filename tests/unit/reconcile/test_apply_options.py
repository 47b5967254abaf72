"""How Helm applies and waits, by what the engine is able to do and what the records tell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from helm_rollback_component.core.health.silence import Silence
from helm_rollback_component.core.remediation.steps import Install, Upgrade
from helm_rollback_component.helm.engines.engine import Capability, Options
from helm_rollback_component.reconcile.apply_options import (
    forces,
    silence,
    suited,
    wait_of_uninstall,
)
from tests.support.histories import record

ABLE = frozenset(Capability)
HELM_3 = ABLE - {Capability.FORCE_CONFLICTS, Capability.WAIT_STRATEGY}
ON_SERVER = replace(record(1), apply_method="ssa")
ON_CLIENT = replace(record(1), apply_method="csa")


@pytest.mark.parametrize(
    ("found", "able", "forced"),
    [
        (ON_SERVER, ABLE, True),
        (ON_SERVER, HELM_3, False),
        (ON_CLIENT, ABLE, False),
        (record(1), ABLE, False),
        (None, ABLE, False),
    ],
    ids=["server-side", "Helm 3", "client-side", "made by Helm 3", "no record"],
)
def test_conflicts_are_forced_where_helm_applies_on_the_servers_side(
    found: None, able: frozenset[Capability], *, forced: bool
) -> None:
    assert forces(found, able) is forced
    assert suited(Options(), able, Upgrade(), found).force_conflicts is forced


def test_an_install_is_on_the_servers_side() -> None:
    assert suited(Options(), ABLE, Install(), None).force_conflicts
    assert suited(Options(), ABLE, Install(replace=True), ON_CLIENT) == Options(
        force_conflicts=True, replace=True
    )
    assert not suited(Options(), HELM_3, Install(), None).force_conflicts


@pytest.mark.parametrize("action", [Install(), Upgrade()])
def test_replacing_and_forcing_exclude_each_other(action: Install | Upgrade) -> None:
    assert suited(Options(force_update=True), ABLE, action, ON_SERVER) == Options(force_update=True)


def test_a_way_to_wait_is_left_to_an_engine_that_has_but_one() -> None:
    assert suited(Options(wait_strategy="legacy"), ABLE, Upgrade(), None).wait_strategy == "legacy"
    assert suited(Options(wait_strategy="legacy"), HELM_3, Upgrade(), None).wait_strategy == ""


@pytest.mark.parametrize(("strategy", "waits"), [("auto", ""), ("watcher", "watcher"), ("legacy", "legacy")])
def test_an_uninstall_waits_as_was_chosen(strategy: str, waits: str) -> None:
    assert wait_of_uninstall(strategy) == waits


@pytest.mark.parametrize(
    ("options", "able", "found"),
    [
        (Options(), ABLE, Silence()),
        (Options(wait_strategy="watcher"), ABLE, Silence()),
        (Options(wait_strategy="legacy"), ABLE, Silence(polls=True)),
        (Options(), HELM_3, Silence(polls=True)),
        (Options(force_update=True), HELM_3, Silence(polls=True)),
        (Options(force_update=True), ABLE, None),
    ],
)
def test_sight_is_lost_of_hooks_alone_by_a_helm_that_polls(
    options: Options, able: frozenset[Capability], found: Silence | None
) -> None:
    assert silence(options, able) == found
