"""For the programs of these tests: gives every release secrets to look for, a value and a login.

They are made from the path of the project, so that they are in no file, configuration or environment.
"""

import hashlib
from pathlib import Path
from typing import Any

import pulumi

import helm_rollback_component

_declare = helm_rollback_component.HelmRelease
_PLACE = Path(__file__).resolve().parents[2]
_HEAD = '"pass\\word"\n\t'


def _secret(name: str) -> str:
    return _HEAD + hashlib.sha256(f"{name} of {_PLACE}".encode()).hexdigest()


def _value(given: Any) -> Any:
    if isinstance(given, pulumi.Output):
        return given
    return {"password": pulumi.Output.secret(_secret("value")), **(given or {})}


def _login(given: Any) -> Any:
    login = {"username": "ci", "password": _secret("login")}
    return {**login, **given} if isinstance(given, dict) else given


def declare(name: str, inputs: Any, *args: Any, **options: Any) -> Any:
    """Declare a release with secrets."""
    given: Any = {**inputs, "values": _value(inputs.get("values"))}
    if "source" in given:
        given["source"] = _login(given["source"])
    return _declare(name, given, *args, **options)


vars(helm_rollback_component)["HelmRelease"] = declare
