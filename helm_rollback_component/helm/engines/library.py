"""Helm's library with all options that it has.

Its Python functions pass on only some of them. With another one, the library is called here as those
functions call it; once they know the option, they are used.
"""

from __future__ import annotations

import inspect
import json
import os
from typing import TYPE_CHECKING, Any

import helm_python
from helm_python import _native

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_OF_WRONG_TYPE: list[list[str]] = [[]]
"""A value that no option may have."""
_NOTHING = _native.HANDLE(0)
_NOBODY = "nobody"
_SPELLED = {"timeout": "timeout_seconds"}


def takes(verb: str, option: str) -> bool:
    """Tell whether the library has an option of ``install``, ``upgrade``, ``rollback`` or ``uninstall``.

    The library reads the options before it does anything. It refuses an unknown one, and one whose value is
    of a wrong type, in different words. It is asked without a chart and without a cluster, so that there is
    nothing that it could do.
    """
    if option in _parameters(getattr(helm_python.Config, verb)):
        return True
    with helm_python.Config(kubeconfig_path=os.devnull, storage_driver="memory") as config:
        return "cannot unmarshal" in _refusal(verb, config, {option: _OF_WRONG_TYPE})


def deploy(
    verb: str,
    config: helm_python.Config,
    chart: helm_python.Chart,
    context: helm_python.HelmContext,
    options: Mapping[str, Any],
) -> dict[str, Any]:
    """Install or upgrade, and return what the library tells of the release.

    Args:
        verb: which of both.
        config: the cluster.
        chart: what to deploy.
        context: cancels it.
        options: ``name``, ``values`` and the library's options.

    Raises:
        helm_python.HelmError: it failed, or was cancelled.
    """
    function = getattr(config, verb)
    if options.keys() <= _parameters(function):
        found: dict[str, Any] = function(chart, context=context, **options)
        return found
    others = {name: value for name, value in options.items() if name not in ("name", "values")}
    handles = (context._raw(), chart._raw())  # noqa: SLF001  # the Python functions pass them on like this
    told = _call(verb, config, *handles, None, options["name"], json.dumps(options["values"]), others)
    return dict(json.loads(told))


def act(verb: str, config: helm_python.Config, release: str, options: Mapping[str, Any]) -> None:
    """Roll back or uninstall.

    Raises:
        helm_python.HelmError: it failed.
    """
    function = getattr(config, verb)
    if options.keys() <= _parameters(function):
        function(release, **options)
    else:
        _call(verb, config, release, options)


def _refusal(verb: str, config: helm_python.Config, options: Mapping[str, Any]) -> str:
    deploys = verb in ("install", "upgrade")
    arguments = (_NOTHING, _NOTHING, None, _NOBODY, None) if deploys else (_NOBODY,)
    try:
        _call(verb, config, *arguments, options)
    except helm_python.HelmError as error:
        return str(error)
    return ""


def _call(verb: str, config: helm_python.Config, *arguments: Any) -> Any:
    *given, options = arguments
    call = _native.call_status if verb == "rollback" else _native.call_string
    return call(f"helm_{verb}", config._raw(), *given, _packed(options))  # noqa: SLF001  # as above


def _packed(options: Mapping[str, Any]) -> str:
    given = {_SPELLED.get(name, name): value for name, value in options.items() if value is not None}
    return json.dumps(given)


def _parameters(function: Callable[..., object]) -> frozenset[str]:
    return frozenset(inspect.signature(function).parameters)
