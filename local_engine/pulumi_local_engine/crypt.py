"""Keeps secret values out of the state and configuration files in the clear.

This is a test tool's obfuscation, made of the standard library alone: a keystream from HMAC-SHA256, keyed
by `PULUMI_CONFIG_PASSPHRASE` or, without one, by a random key file beside the state. It is enough for a file
that is committed or uploaded by mistake to hold no plaintext. It has not been reviewed as cryptography; keep
nothing of value in it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_PREFIX = "v1:"
_TAG_BYTES = 16


class WrongKeyError(Exception):
    """A secret was encrypted under another key."""


class Cipher:
    """Encrypts and decrypts text under one key. The same text gives the same ciphertext."""

    def __init__(self, key: bytes) -> None:
        """Derive the two keys, of the stream and of the tag, from `key`."""
        self._stream_key = hmac.digest(key, b"stream", "sha256")
        self._tag_key = hmac.digest(key, b"tag", "sha256")

    def encrypt(self, text: str) -> str:
        """Return the ciphertext, which holds its own tag."""
        plain = text.encode()
        tag = hmac.digest(self._tag_key, plain, "sha256")[:_TAG_BYTES]
        return _PREFIX + base64.b64encode(tag + self._xor(tag, plain)).decode()

    def decrypt(self, ciphertext: str) -> str:
        """Return the text; raise WrongKeyError if it was not encrypted under this key."""
        raw = base64.b64decode(ciphertext.removeprefix(_PREFIX))
        tag, body = raw[:_TAG_BYTES], raw[_TAG_BYTES:]
        plain = self._xor(tag, body)
        if not hmac.compare_digest(tag, hmac.digest(self._tag_key, plain, "sha256")[:_TAG_BYTES]):
            raise WrongKeyError(
                "incorrect passphrase or key file: a secret of this stack cannot be decrypted"
            )
        return plain.decode()

    def _xor(self, nonce: bytes, data: bytes) -> bytes:
        blocks = -(-len(data) // hashlib.sha256().digest_size)
        stream = b"".join(
            hmac.digest(self._stream_key, nonce + block.to_bytes(8, "big"), "sha256")
            for block in range(blocks)
        )
        return bytes(a ^ b for a, b in zip(data, stream, strict=False))


def load_cipher(folder: Path, environment: dict[str, str]) -> Cipher:
    """Return the cipher for the state in `folder`, making its key file if it needs one."""
    passphrase = environment.get("PULUMI_CONFIG_PASSPHRASE")
    if passphrase:
        return Cipher(hashlib.scrypt(passphrase.encode(), salt=b"local-engine", n=2**14, r=8, p=1))
    path = folder / "key"
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(32))
    return Cipher(path.read_bytes())
