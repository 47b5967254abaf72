"""Which secrets stand in the inputs of a release. Pure."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from helm_rollback_component.inputs import go_yaml
from helm_rollback_component.inputs.chart_source import passwords_in
from helm_rollback_component.inputs.property_paths import value_at
from helm_rollback_component.inputs.secret_texts import texts_in
from helm_rollback_component.inputs.tree import leaves

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_KEY = "client-key-data"
_CREDENTIAL = re.compile(rf"\buser\.(token|password|{_KEY})$|\bauth-provider\.config\.[\w-]*(token|secret)$")
_SECRET_NAME = re.compile("token|secret|password|key|credential", re.IGNORECASE)
_SHOWN_OF_SOURCE = ("chart", "repository", "version")


def secrets_at(inputs: Mapping[str, Any], paths: Iterable[str]) -> Iterator[str]:
    """Yield every secret text that stands at or below one of the `paths` (`property_paths`).

    What of a value counts, `secret_texts` says. Of a kubeconfig the credentials are secret, not the names
    and addresses in it; of a source, everything but where the chart comes from.
    """
    for path in paths:
        found = value_at(inputs, path)
        if path == "kubeconfig" and isinstance(found, str):
            yield from credentials_in(found) or (found,)
        elif path == "source" and isinstance(found, Mapping):
            yield from texts_in({key: value for key, value in found.items() if key not in _SHOWN_OF_SOURCE})
        else:
            yield from texts_in(found)


def credentials_in(kubeconfig: str) -> list[str]:
    """Return the credentials that a kubeconfig's text holds; none if it is not one."""
    try:
        config = go_yaml.first_document(kubeconfig)
    except go_yaml.YamlError:
        return []
    return credentials_of(config) if isinstance(config, Mapping) else []


def credentials_of(config: Mapping[str, Any]) -> list[str]:
    """Return the credentials in a kubeconfig, or in the sections ``user`` and ``cluster`` of one."""
    texts = {path: text for path, text in leaves(config) if isinstance(text, str)}
    given = [text for path, text in texts.items() if _CREDENTIAL.search(path)]
    keys = [_decoded(text) for path, text in texts.items() if path.endswith(_KEY)]
    passwords = [password for text in texts.values() for password in passwords_in(text)]
    return [*given, *keys, *passwords, *_in_environment(texts)]


def _in_environment(texts: Mapping[str, str]) -> Iterator[str]:
    """Yield the values of a plugin's environment variables whose names say that they are secret."""
    for path, text in texts.items():
        if ".exec.env[" in path and path.endswith(".name") and _SECRET_NAME.search(text):
            yield texts.get(f"{path.removesuffix('name')}value", "")


def _decoded(key: str) -> str:
    try:
        return base64.b64decode(key, validate=True).decode()
    except ValueError:
        return key
