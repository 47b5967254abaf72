"""What the tests of the cluster's side share."""

from collections.abc import Iterator

import pytest

from tests.support import api_server


@pytest.fixture
def api() -> Iterator[api_server.ApiServer]:
    """A server on loopback that answers as the test tells it to."""
    with api_server.running() as server:
        yield server
