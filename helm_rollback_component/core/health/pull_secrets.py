"""Images that are refused while a Secret to pull them with does not exist, as a controller may make it. Pure.

In a new namespace Secrets for registries are often copied a moment after the first pods.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.health import foreign, objects
from helm_rollback_component.core.health.causes import wants_credentials
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helm_rollback_component.core.health.objects import Manifest
    from helm_rollback_component.core.health.pod_status import Container

_PULLING = frozenset({"ErrImagePull", Reason.IMAGE_PULL_BACK_OFF})


def pull_secrets(container: Container, pod: Manifest) -> Iterator[tuple[str, str, str]]:
    """Yield kind, namespace and name of the Secrets that a refused pull is made with."""
    waits = foreign.text(container.waiting, "reason") in _PULLING
    if waits and wants_credentials(foreign.text(container.waiting, "message")):
        for each in foreign.mappings(objects.spec(pod), "imagePullSecrets"):
            yield "Secret", objects.namespace_of(pod), foreign.text(each, "name")
