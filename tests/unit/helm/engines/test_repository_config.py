"""Where a chart's dependencies come from."""

from typing import Any

import pytest
import yaml

from helm_rollback_component.helm.engines.repository_config import repository_config

_OWN = """\
apiVersion: ""
repositories:
- {name: ours, url: "https://ours.example/charts/", username: reader, password: s3cret}
- {name: other, url: "https://other.example"}
- not an entry
"""


def _repositories(wanted: list[str], own: str = _OWN) -> list[dict[str, Any]]:
    config = yaml.safe_load(repository_config(wanted, own))
    listed: list[dict[str, Any]] = config["repositories"]
    return listed


@pytest.mark.parametrize("wanted", ["@ours", "alias:ours", "https://ours.example/charts"])
def test_the_users_own_are_used_with_their_credentials(wanted: str) -> None:
    assert _repositories([wanted]) == [
        {"name": "ours", "url": "https://ours.example/charts/", "username": "reader", "password": "s3cret"}
    ]


def test_unknown_ones_are_added() -> None:
    repositories = _repositories(["https://a.example", "https://b.example", "https://a.example"])

    assert [repository["url"] for repository in repositories] == ["https://a.example", "https://b.example"]
    assert len({repository["name"] for repository in repositories}) == 2


@pytest.mark.parametrize("wanted", ["", "file://../db", "oci://registry.example/charts", "@unknown"])
def test_what_is_no_repository_is_left_out(wanted: str) -> None:
    assert _repositories([wanted]) == []


def test_the_users_own_are_read_as_helm_reads_them() -> None:
    own = "repositories: [{name: &n ours, url: !url https://a.example, username: *n,\tpassword: =}]\n"
    assert _repositories(["@ours"], own) == [
        {"name": "ours", "url": "https://a.example", "username": "ours", "password": "="}
    ]


@pytest.mark.parametrize("own", ["", "a: [", "- a list", "repositories:"])
def test_without_a_configuration_of_the_users_own(own: str) -> None:
    assert [repository["url"] for repository in _repositories(["https://a.example"], own)] == [
        "https://a.example"
    ]
