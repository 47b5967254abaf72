"""Removing secret values from every text that leaves the process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helm_rollback_component.inputs.masking import masking
from helm_rollback_component.inputs.secret_values import secrets_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Redactor:
    """Replaces known secrets in texts, however they are spelled there (`spellings`).

    It can be told of more secrets at any time, from any thread; whoever has it masks those too.

    Args:
        secrets: the secrets.
        places: the paths of the inputs that are secret, for what stood there before.
    """

    def __init__(self, secrets: Iterable[str] = (), *, places: Iterable[str] = ()) -> None:
        self._secrets = frozenset(secrets)
        self._places = tuple(places)
        self._masked = masking(self._secrets)

    def __call__(self, text: str) -> str:
        """Return `text` without the secrets."""
        return self._masked(text)

    def learn(self, secrets: Iterable[str]) -> None:
        """Mask these as well from now on."""
        known = self._secrets | frozenset(secrets)
        if known != self._secrets:
            self._secrets, self._masked = known, masking(known)

    def learn_from(self, inputs: Mapping[str, Any]) -> None:
        """Mask what stands in earlier inputs where a secret stands in those of today."""
        self.learn(secrets_at(inputs, self._places))
