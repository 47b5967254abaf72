"""The secrets of one control plane, made anew each time: a token, a signing key, the kubeconfig."""

import base64
import secrets
from pathlib import Path

import trustme
import yaml

from tools.ground.layout import Layout
from tools.ground.state import private_file

_EC_KEY_HEAD = bytes.fromhex("30310201010420")
_EC_KEY_TAIL = bytes.fromhex("a00a06082a8648ce3d030107")


def write_secrets(layout: Layout) -> str:
    """Write the tokens, the key that signs more of them, and the authority of client certificates.

    Returns:
        The admin's token.
    """
    token = secrets.token_urlsafe(32)
    private_file(layout.tokens, f'{token},admin,admin,"system:masters"\n')
    private_file(layout.service_account_key, signing_key())
    authority = trustme.CA()
    pair = authority.private_key_pem.bytes() + authority.cert_pem.bytes()
    private_file(layout.client_authority, pair.decode())
    return token


def signing_key() -> str:
    """Return a fresh P-256 private key as PEM (RFC 5915; who reads it derives the public key)."""
    scalar = (1 + secrets.randbelow(2**255)).to_bytes(32)
    body = base64.b64encode(_EC_KEY_HEAD + scalar + _EC_KEY_TAIL).decode()
    lines = [body[start : start + 64] for start in range(0, len(body), 64)]
    return "\n".join(["-----BEGIN EC PRIVATE KEY-----", *lines, "-----END EC PRIVATE KEY-----", ""])


def write_kubeconfig(layout: Layout, *, name: str, server: str, token: str) -> None:
    """Write the admin's kubeconfig; the server's certificate must be there already."""
    private_file(layout.kubeconfig, yaml.safe_dump(kubeconfig(layout.certificate, name, server, token)))


def kubeconfig(certificate: Path, name: str, server: str, token: str) -> dict[str, object]:
    """Return the admin's kubeconfig."""
    called = f"ground-{name}"
    authority = base64.b64encode(certificate.read_bytes()).decode()
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {"name": called, "cluster": {"server": server, "certificate-authority-data": authority}}
        ],
        "users": [{"name": called, "user": {"token": token}}],
        "contexts": [{"name": called, "context": {"cluster": called, "user": called}}],
        "current-context": called,
    }
