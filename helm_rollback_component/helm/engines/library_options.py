"""The names of options of Helm's library, for each verb. Pure: whether it has them, `library` asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helm_rollback_component.helm.engines.engine import Capability

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from helm_rollback_component.helm.engines.engine import Options

_SWITCHES = (
    Capability.DISABLE_HOOKS,
    Capability.DISABLE_OPENAPI_VALIDATION,
    Capability.FORCE_CONFLICTS,
    Capability.REPLACE,
    Capability.SKIP_CRDS,
    Capability.TAKE_OWNERSHIP,
    Capability.WAIT_FOR_JOBS,
)
"""Those whose option has the same name, and is true or false."""

_CLIENT_SIDE = {"install": False, "upgrade": "false"}
"""Replacing is refused in the middle of a server-side apply, when the history is already touched."""

_DEPLOYING = ("install", "upgrade")
_NEEDED: Mapping[Capability, tuple[tuple[str, ...], tuple[str, ...]]] = {
    Capability.DISABLE_HOOKS: ((*_DEPLOYING, "rollback", "uninstall"), ("disable_hooks",)),
    Capability.DISABLE_OPENAPI_VALIDATION: (_DEPLOYING, ("disable_openapi_validation",)),
    Capability.FORCE_CONFLICTS: ((*_DEPLOYING, "rollback"), ("force_conflicts",)),
    Capability.FORCE_UPDATE: (_DEPLOYING, ("force_replace", "server_side_apply")),
    Capability.POST_RENDERER: (_DEPLOYING, ("post_renderer", "post_renderer_args")),
    Capability.REPLACE: (("install",), ("replace",)),
    Capability.SKIP_CRDS: (_DEPLOYING, ("skip_crds",)),
    Capability.TAKE_OWNERSHIP: (_DEPLOYING, ("take_ownership",)),
    Capability.WAIT_FOR_JOBS: (_DEPLOYING, ("wait_for_jobs",)),
    Capability.WAIT_STRATEGY: ((*_DEPLOYING, "uninstall"), ("wait",)),
}


def capabilities(takes: Callable[[str, str], bool]) -> frozenset[Capability]:
    """Return what the library is capable of if it takes these options.

    Args:
        takes: tells of a verb and an option whether the library has it there.
    """
    return frozenset(
        capability
        for capability, (verbs, names) in _NEEDED.items()
        if all(takes(verb, name) for verb in verbs for name in names)
    )


def switches(options: Options) -> dict[str, Any]:
    """Return the switches that are on and the way to wait, as options of any verb."""
    found: dict[str, Any] = {name.value: True for name in _SWITCHES if getattr(options, name)}
    return found | ({"wait": options.wait_strategy} if options.wait_strategy else {})


def deploying(verb: str, options: Options) -> dict[str, Any]:
    """Return Helm's switches as options of an ``install`` or ``upgrade``; those that are off are left out."""
    found = switches(options)
    if options.force_update:
        found |= {"force_replace": True, "server_side_apply": _CLIENT_SIDE[verb]}
    if options.post_renderer:
        name, *arguments = options.post_renderer
        found |= {"post_renderer": name, "post_renderer_args": arguments}
    return found
