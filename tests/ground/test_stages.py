"""What kwok is given to play."""

import re

import pytest

from tools.ground.stages import Step, stage, stages, steps

PLAYS = {
    "ready",
    "never-ready",
    "succeed",
    "fail",
    "turn-unhealthy",
    "image-pull",
    "image-pull-once",
    "config-error",
    "crash-loop",
    "crash-four-times",
    "oom-killed",
}


@pytest.fixture(params=steps(), ids=lambda step: str(step["name"]))
def step(request: pytest.FixtureRequest) -> Step:
    chosen: Step = request.param
    return chosen


def test_every_documented_play_has_a_step() -> None:
    assert {play for step in steps() for play in step["plays"]} == PLAYS


def test_stage_names_differ() -> None:
    names = [made["metadata"]["name"] for made in stages()]
    assert len(names) == len(set(names))


def test_a_step_leaves_no_placeholder(step: Step) -> None:
    assert not re.search(r"\[\[\w+\]\]", str(stage(step)))


def test_a_step_is_for_its_plays_and_for_living_pods(step: Step) -> None:
    (expression,) = stage(step)["spec"]["selector"]["matchExpressions"]
    assert all(f'play == "{play}"' in expression["jq"]["key"] for play in step["plays"])
    assert "(.metadata.deletionTimestamp | not)" in expression["jq"]["key"]


def test_a_step_patches_the_status_and_then_leaves_its_events(step: Step) -> None:
    patch, *events = stage(step)["spec"]["steps"]
    assert patch["patch"]["subresource"] == "status"
    assert f"phase: {step['phase']}" in patch["patch"]["template"]
    assert [event["apply"]["template"].count("kind: Event") for event in events] == [1] * len(
        step.get("events", [])
    )


def test_only_a_step_with_a_delay_waits(step: Step) -> None:
    assert ("delay" in stage(step)["spec"]) == ("delay" in step)
