"""Claims that get their volume with the first pod that uses them, and that nothing uses."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.core.health.queries import questions
from helm_rollback_component.core.health.readiness import readiness
from tests.unit.core.health.health_objects import NAMESPACE, claim, deployment, event, seen

if TYPE_CHECKING:
    from tests.unit.core.health.health_objects import Object

UID = "PersistentVolumeClaim-data"
NO_CONSUMER = event("WaitForFirstConsumer", at="2026-01-01T00:00:15Z", count=2)


def ready(one: Object, *events: Object) -> bool:
    return readiness(seen(one, events={UID: events})).ready


def test_one_that_nothing_uses_is_not_waited_for() -> None:
    assert ready(claim(), NO_CONSUMER)


@pytest.mark.parametrize(
    "events",
    [
        pytest.param((), id="nothing is said"),
        pytest.param((NO_CONSUMER, event("Provisioning", at="2026-01-01T00:00:20Z")), id="a pod came"),
        pytest.param((NO_CONSUMER, event("WaitForPodScheduled", at="2026-01-01T00:00:20Z")), id="no node"),
        pytest.param((NO_CONSUMER, event("ProvisioningFailed", at="2026-01-01T00:00:20Z")), id="failed"),
        pytest.param((event("FailedBinding"),), id="no class"),
    ],
)
def test_any_other_is(events: tuple[Object, ...]) -> None:
    assert not ready(claim(), *events)


def test_so_is_one_that_has_lost_its_volume_or_goes() -> None:
    going = claim()
    going["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    assert not ready(claim("Lost"), NO_CONSUMER)
    assert not ready(going, NO_CONSUMER)


def test_what_events_of_another_kind_say_does_not_count() -> None:
    waiting = seen(deployment(), events={"Deployment-web": (NO_CONSUMER,)})
    assert not readiness(waiting).ready


def test_events_are_asked_for_also_where_the_upgrade_did_not_change_the_claim() -> None:
    unchanged = seen(claim(), before=[claim()])
    assert questions(unchanged).events == {(NAMESPACE, UID)}
    assert questions(replace(unchanged, live={})).events == frozenset()
