"""What a stack's configuration says to a provider, also where no program runs: in a refresh, a destroy."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_CONFIGURATION = "PULUMI_CONFIG"
_DELETE_UNREACHABLE = ("kubernetes:deleteUnreachable", "deleteUnreachable")

_noted: dict[str, Any] = {}


def note(configuration: Mapping[str, Any]) -> None:
    """Remember the configuration with which the engine configures a dynamic provider, by namespaced keys.

    It is that of now where the program runs, also by ``--run-program``; else that of the last `pulumi up`.
    """
    _noted.update(configuration)


def known() -> dict[str, Any]:
    """Return what is known of the configuration, what is newer first.

    The environment of a provider has the values of now that bear the name of its package, without that name:
    ``pulumi-python:kubeconfig`` is ``kubeconfig`` there.
    """
    own = json.loads(os.environ.get(_CONFIGURATION) or "{}")
    return {**own, **{key: value for key, value in _noted.items() if key not in own}}


def delete_unreachable() -> bool:
    """Whether the configuration lets go what a cluster that is gone holds.

    It does so as ``kubernetes:deleteUnreachable``, and under the name of the provider's own package.
    """
    found = known()
    return any(str(found.get(key)).lower() == "true" for key in _DELETE_UNREACHABLE)
