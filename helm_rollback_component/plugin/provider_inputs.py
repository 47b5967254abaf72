"""What a provider is given: in a program, as an explicit provider, or in the stack's configuration.

The releases that are declared with it are completed with that, unless their own inputs name a cluster.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pulumi.output import Unknown
from pulumi.runtime.rpc import UNKNOWN

from helm_rollback_component.config.constraints import fields_of
from helm_rollback_component.config.provider import ProviderConfig
from helm_rollback_component.errors import Problem, ValidationError
from helm_rollback_component.inputs.spelling import camel
from helm_rollback_component.inputs.tree import same
from helm_rollback_component.plugin import marshalling
from helm_rollback_component.pulumi_adapter import program_inputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from google.protobuf import struct_pb2  # type: ignore[import-untyped]

_Properties = dict[str, Any]

_OF_THE_ENGINE = ("version", "pluginDownloadURL", "pluginChecksums", "parameterization", "envVarMappings")
_DEFAULT = "default"
_NAMES = {name: camel(name) for name in fields_of(ProviderConfig)}
_OURS = {*_NAMES, *_NAMES.values()}
_OF_A_RELEASE = {"kubeconfig": "kubeconfig", "context": "context", "namespace": "release_namespace"}


@dataclass(frozen=True)
class Provider:
    """A provider as it is configured.

    Attributes:
        stack_id: what tells the stack from others of its name; empty where that is not known.
        completes: inputs for releases that lack them.
        secret: the names of those among them that are secret.
        delete_unreachable: whether a release may leave the state when its cluster is gone.
        adopts_from_kubernetes_provider: whether releases that the Kubernetes provider deployed last may be
            taken over.
    """

    stack_id: str = ""
    completes: Mapping[str, Any] = field(default_factory=dict)
    secret: frozenset[str] = frozenset()
    delete_unreachable: bool = False
    adopts_from_kubernetes_provider: bool = False

    def lacking(self, inputs: Mapping[str, Any]) -> _Properties:
        """Return what the inputs of a release lack; nothing if they name a cluster by a kubeconfig."""
        if "kubeconfig" in inputs:
            return {}
        return {key: value for key, value in self.completes.items() if key not in inputs}


def configured(args: struct_pb2.Struct, id_: str) -> Provider:
    """Return the provider with these checked inputs.

    Args:
        args: see `checked`.
        id_: the provider's id in the state.
    """
    plain, marked = marshalling.unmarshal(args)
    config = ProviderConfig.parse(_given(plain))
    completes = {
        theirs: getattr(config, ours) for ours, theirs in _OF_A_RELEASE.items() if getattr(config, ours)
    }
    secret = {theirs for ours, theirs in _OF_A_RELEASE.items() if (ours,) in marked}
    stack_id = "" if id_ == UNKNOWN else id_
    return Provider(
        stack_id,
        completes,
        frozenset(secret & completes.keys()),
        config.delete_unreachable,
        config.adopt_from_kubernetes_provider,
    )


def checked(news: struct_pb2.Struct, name: str) -> tuple[struct_pb2.Struct, list[Problem]]:
    """Return the inputs of a provider as the state is to have them, and what is wrong with them.

    The default provider is given all of the stack's configuration that bears the name of this package, which
    may be a project's own: what means nothing here is left out. An explicit one is refused such an input.

    Args:
        news: the inputs.
        name: the provider's name.
    """
    plain, _ = marshalling.unmarshal(news)
    kept = {key: value for key, value in plain.items() if key in (*_OURS, *_OF_THE_ENGINE)}
    judged = _given(plain) if name.startswith(_DEFAULT) else _without_those_of_the_engine(plain)
    problems: list[Problem] = []
    try:
        ProviderConfig.parse({key: item for key, item in judged.items() if not isinstance(item, Unknown)})
    except ValidationError as error:
        problems += [Problem(camel(each.path), each.message) for each in error.problems]
    content = kept.get("kubeconfig") and not program_inputs.is_path(kept["kubeconfig"])
    return marshalling.marshal(kept, {"kubeconfig"} if content else ()), problems


def differing(olds: struct_pb2.Struct, news: struct_pb2.Struct) -> list[str]:
    """Return the names of the inputs of a provider that differ."""
    old, new = (marshalling.unmarshal(each)[0] for each in (olds, news))
    return sorted(key for key in {*old, *new} if not same(old.get(key), new.get(key)))


def _given(plain: Mapping[str, Any]) -> _Properties:
    """Return what is given of our inputs; an empty text is nothing, as for the Kubernetes provider."""
    return {key: value for key, value in plain.items() if key in _OURS and value not in (None, "")}


def _without_those_of_the_engine(plain: Mapping[str, Any]) -> _Properties:
    ours = {key: value for key, value in plain.items() if key not in _OF_THE_ENGINE}
    return {key: value for key, value in ours.items() if value not in (None, "") and not key.startswith("__")}
