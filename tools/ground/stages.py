"""What pods play: kwok's Stage objects, made from the steps in stages/plays.yaml."""

from pathlib import Path
from typing import Any, NotRequired, TypedDict

import yaml

_FOLDER = Path(__file__).with_name("stages")


class PlayEvent(TypedDict):
    """An event that a step leaves behind; the message is a template expression."""

    type: str
    reason: str
    message: str


class Step(TypedDict):
    """One step of one or more plays; plays.yaml explains the fields."""

    name: str
    plays: list[str]
    when: str
    phase: str
    delay: NotRequired[str]
    ready: NotRequired[bool]
    first: NotRequired[str]
    others: NotRequired[str]
    last: NotRequired[str]
    restarts: NotRequired[str]
    events: NotRequired[list[PlayEvent]]


def steps() -> list[Step]:
    """Return the steps of all plays."""
    loaded: list[Step] = yaml.safe_load(_read("plays.yaml"))
    return loaded


def stages() -> list[dict[str, Any]]:
    """Return all the Stage objects that kwok is given."""
    return [*yaml.safe_load_all(_read("fixed.yaml")), *map(stage, steps())]


def stage(step: Step) -> dict[str, Any]:
    """Return the Stage object that plays ``step``."""
    patch = {"subresource": "status", "root": "status", "template": _status_template(step)}
    spec: dict[str, Any] = {
        "resourceRef": {"apiGroup": "v1", "kind": "Pod"},
        "selector": {"matchExpressions": [{"jq": _holds(step)}]},
        "steps": [
            {"patch": patch},
            *({"apply": {"template": _event_template(e)}} for e in step.get("events", [])),
        ],
    }
    if "delay" in step:
        spec["delay"] = {
            "durationMilliseconds": 0,
            "durationFrom": {"jq": {"expression": _jq(step["delay"])}},
        }
    return {
        "apiVersion": "kwok.x-k8s.io/v1alpha1",
        "kind": "Stage",
        "metadata": {"name": f"pod-{step['name']}"},
        "spec": spec,
    }


def _holds(step: Step) -> dict[str, Any]:
    plays = " or ".join(f'play == "{play}"' for play in step["plays"])
    condition = f"(.metadata.deletionTimestamp | not) and ({plays}) and ({step['when']})"
    return {"key": _jq(condition), "operator": "In", "values": ["true"]}


def _jq(expression: str) -> str:
    return _read("definitions.jq") + expression


def _status_template(step: Step) -> str:
    return _fill(
        _read("pod-status.tpl"),
        phase=step["phase"],
        ready=str(step.get("ready", False)).lower(),
        first=step.get("first", "$running"),
        others=step.get("others", "$running"),
        last=step.get("last", "$last"),
        restarts=step.get("restarts", "$restarts"),
    )


def _event_template(event: PlayEvent) -> str:
    return _fill(_read("event.tpl"), **event)


def _fill(template: str, **values: str) -> str:
    for name, value in {"words": _read("words.tpl"), **values}.items():
        template = template.replace(f"[[{name}]]", value)
    return template


def _read(name: str) -> str:
    return (_FOLDER / name).read_text()
