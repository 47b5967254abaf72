"""The words of a container runtime, without what they say twice."""

from __future__ import annotations

import pytest

from helm_rollback_component.core.health.condensed import condensed

_PULL = 'failed to pull and unpack image "docker.io/library/web:2": failed to resolve reference '
_WEB, _GHCR = f'{_PULL}"docker.io/library/web:2": ', f'{_PULL}"ghcr.io/a/b:1": '
_CODE = "rpc error: code = NotFound desc = "


@pytest.mark.parametrize(
    ("said", "short"),
    [
        (
            f'Back-off pulling image "web:2": ErrImagePull: {_CODE}{_WEB}docker.io/library/web:2: not found',
            'Back-off pulling image "web:2": ErrImagePull: docker.io/library/web:2: not found',
        ),
        (
            f"{_CODE}{_GHCR}failed to do request: dial tcp: lookup ghcr.io: no such host",
            "failed to do request: dial tcp: lookup ghcr.io: no such host",
        ),
        ("a: not found: a: not found", "a: not found"),
        ('secret "web" not found', 'secret "web" not found'),
        ("", ""),
    ],
)
def test_what_is_said_twice_is_said_once(said: str, short: str) -> None:
    assert condensed(said) == short
