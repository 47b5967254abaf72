"""What a check looks at beyond the inputs themselves: files on this machine. The cluster is not asked."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from helm_rollback_component import state
from helm_rollback_component.core.preview import describe
from helm_rollback_component.errors import Problem, ValidationError
from helm_rollback_component.helm import chart_files
from helm_rollback_component.kube import kubeconfig
from helm_rollback_component.values import read_files

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from helm_rollback_component.config import HelmConfig

_T = TypeVar("_T")


def computed_inputs(config: HelmConfig, olds: Mapping[str, Any]) -> dict[str, str]:
    """Return the inputs that are computed from the declared ones and from the files they name.

    Raises:
        ValidationError: a chart, a value file or the kubeconfig is missing or wrong; names all such.
    """
    problems: list[Problem] = []
    chart = _collect(problems, lambda: _chart(config))
    _collect(problems, lambda: read_files(config.value_files))
    _collect(problems, lambda: _kubeconfig(config))
    if problems or chart is None:
        raise ValidationError(problems)
    return {
        state.CONTENT: _content(config, str(olds.get(state.CONTENT, ""))),
        state.PLAN: describe(config, chart, olds),
    }


def _chart(config: HelmConfig) -> str:
    source = config.source
    if not source.local:
        return f"{source.chart} {source.version}"
    metadata = chart_files.read_metadata(Path(source.chart))
    return f"{metadata.name} {metadata.version}"


def _kubeconfig(config: HelmConfig) -> None:
    if config.kubeconfig or config.context:
        kubeconfig.select(kubeconfig.load(config.kubeconfig), config.context)


def _collect(problems: list[Problem], look: Callable[[], _T]) -> _T | None:
    try:
        return look()
    except ValidationError as error:
        problems.extend(error.problems)
        return None


def _content(config: HelmConfig, before: str) -> str:
    """Return a digest of what the config's files hold, salted so that it tells nothing of secrets in them."""
    salt = before.partition(":")[0] or secrets.token_hex(16)
    digest = hmac.new(bytes.fromhex(salt), digestmod=hashlib.sha256)
    if config.source.local:
        digest.update(chart_files.content_digest(Path(config.source.chart)).encode())
    for path in config.value_files:
        digest.update(hashlib.sha256(Path(path).read_bytes()).digest())
    return f"{salt}:{digest.hexdigest()}"
