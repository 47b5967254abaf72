"""The inputs of the provider of a program in another language, and their documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field
from pydantic import ValidationError as PydanticValidationError

from helm_rollback_component.config.constraints import Namespace, NonEmpty, Part, fields_of
from helm_rollback_component.errors import ValidationError
from helm_rollback_component.inputs.problems import from_pydantic
from helm_rollback_component.inputs.spelling import to_snake_case

if TYPE_CHECKING:
    from collections.abc import Mapping


class ProviderConfig(Part):
    """Where the releases of a provider go that do not say so themselves."""

    kubeconfig: NonEmpty | None = Field(default=None, repr=False)
    """Path of a kubeconfig, or its content, which is a secret in the state. Default: the one that kubectl
    would use, or the service account of the pod.
    """
    context: NonEmpty | None = None
    """Context in the kubeconfig. Default: the current one."""
    namespace: Namespace | None = None
    """The namespace of the releases that name none. Default: none."""
    delete_unreachable: bool = False
    """Let a release leave the state when its cluster is gone. Default: False."""
    adopt_from_kubernetes_provider: bool = False
    """Let `adopt` take over releases that Pulumi's Kubernetes provider deployed last, and `take_ownership`
    objects that it wrote to. Set it only when no stack has them any more, as a
    `kubernetes:helm.sh/v3:Release`, in a `Chart` or as resources of their own, which would delete them.
    Default: False.
    """

    @classmethod
    def parse(cls, inputs: Mapping[str, Any]) -> ProviderConfig:
        """Validate `inputs`, in snake_case or camelCase, into a config.

        Raises:
            ValidationError: names everything that is wrong, property by property.
        """
        spelled, problems = to_snake_case(inputs, fields_of(cls))
        try:
            config = cls.model_validate(spelled)
        except PydanticValidationError as error:
            raise ValidationError([*problems, *from_pydantic(error, fields_of(cls))]) from None
        if problems:
            raise ValidationError(problems)
        return config
