"""What a check finds: of the inputs, and of the files that they name on this machine. No cluster is asked."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from pydantic import ValidationError as PydanticValidationError

from helm_rollback_component.config import SourceConfig
from helm_rollback_component.config.constraints import ValueFile
from helm_rollback_component.core.remediation.preview import describe
from helm_rollback_component.errors import Problem, ValidationError
from helm_rollback_component.helm.charts import chart_files
from helm_rollback_component.helm.engines.platforms import problems_of_platform
from helm_rollback_component.inputs.property_paths import steps_of
from helm_rollback_component.inputs.value_files import read_files
from helm_rollback_component.kube.api import kubeconfig
from helm_rollback_component.package_version import version
from helm_rollback_component.pulumi_adapter import state
from helm_rollback_component.pulumi_adapter.content import content_digest
from helm_rollback_component.pulumi_adapter.declaration import NotYetKnown, parse_inputs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from helm_rollback_component.config import HelmConfig

_VALUE_FILES = TypeAdapter(tuple[ValueFile, ...])
_ARGUMENTS = ("labels", "post_renderer")
_FILES_OF_SOURCE = ("ca_file", "cert_file", "key_file", "keyring")
_REFUSED = (
    "is secret, but becomes an argument of Helm, which every user of this machine can read; keep the secret "
    "out of it, or use pulumi.Output.unsecret if it is none"
)
_TEXT: TypeAdapter[str | None] = TypeAdapter(str | None)


def parsed(inputs: Mapping[str, Any]) -> tuple[HelmConfig | None, list[Problem]]:
    """Return a program's inputs as a config, and everything that is wrong with them and the files they name.

    There is no config where something is wrong with the inputs, or too much is not known yet.
    """
    config: HelmConfig | None = None
    found: list[Problem] = []
    try:
        config = parse_inputs(inputs)
    except ValidationError as error:
        found.extend(error.problems)
    except NotYetKnown:
        pass
    found.extend(problems_of_platform())
    return config, [*found, *_problems_of_arguments(inputs), *problems_of_files(inputs)]


def problems_of_files(inputs: Mapping[str, Any]) -> list[Problem]:
    """Return what is wrong with the files that the inputs name, as far as the inputs can be read."""
    problems: list[Problem] = []
    for look in (_look_at_chart, _look_at_source_files, _look_at_value_files, _look_at_kubeconfig):
        try:
            look(inputs)
        except ValidationError as error:
            problems.extend(error.problems)
        except PydanticValidationError:
            continue
    return problems


def computed_inputs(config: HelmConfig, olds: Mapping[str, Any], owner: object = None) -> dict[str, str]:
    """Return the inputs that are computed from the declared ones and from the files they name.

    They are the same for the same inputs: an update plan compares them.

    Args:
        config: the declared inputs.
        olds: the checked inputs of the state.
        owner: the URN of the release.
    """
    chart, marked = _chart(config.source)
    local_chart = config.source.chart if config.source.local else None
    return {
        state.CONTENT: content_digest(
            local_chart,
            config.value_files,
            str(olds.get(state.CONTENT, "")),
            owner=owner,
            dependency_update=config.source.dependency_update,
        ),
        state.CHART: chart,
        state.PLAN: describe(config, chart, olds, marked=marked),
        state.CHECKED_BY: version(),
    }


def _problems_of_arguments(inputs: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what would be secret and stand in Helm's arguments, where every user of the machine reads it."""
    for path in inputs.get("secret_paths") or ():
        if next(steps_of(path), "") in _ARGUMENTS:
            yield Problem(path, _REFUSED)


def _look_at_chart(inputs: Mapping[str, Any]) -> None:
    source = SourceConfig.model_validate(inputs.get("source"))
    _chart(source)
    if source.local and source.verify and Path(source.chart).is_dir():
        raise ValidationError([Problem("source.verify", chart_files.NOT_SIGNED)])


def _look_at_source_files(inputs: Mapping[str, Any]) -> None:
    source = SourceConfig.model_validate(inputs.get("source"))
    named = ((key, getattr(source, key)) for key in _FILES_OF_SOURCE)
    if problems := [
        Problem(f"source.{key}", f"there is no file {path} that may be read")
        for key, path in named
        if path and not _may_be_read(path)
    ]:
        raise ValidationError(problems)


def _may_be_read(path: str) -> bool:
    """Return whether there is such a file; it is not opened, since a pipe can be read only once."""
    return "\0" not in path and os.access(path, os.R_OK) and not Path(path).is_dir()


def _look_at_value_files(inputs: Mapping[str, Any]) -> None:
    read_files(_VALUE_FILES.validate_python(inputs.get("value_files") or ()))


def _look_at_kubeconfig(inputs: Mapping[str, Any]) -> None:
    given, context = (_TEXT.validate_python(inputs.get(key)) for key in ("kubeconfig", "context"))
    if given or context:
        kubeconfig.select(kubeconfig.load(given), context)


def _chart(source: SourceConfig) -> tuple[str, bool]:
    """Return name and version of the chart, and whether it is known to be a point of no return."""
    if not source.local:
        return f"{source.chart} {source.version}", False
    metadata = chart_files.read_metadata(Path(source.chart))
    return f"{metadata.name} {metadata.version}", metadata.point_of_no_return
