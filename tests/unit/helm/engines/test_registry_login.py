"""Logins for registries."""

import base64
import json

import pytest

from helm_rollback_component.helm.engines.registry_login import registry_config


def test_a_login_is_for_the_host_of_the_chart_alone() -> None:
    config = json.loads(registry_config("oci://registry.example:5000/charts/web", "reader", "pass:word"))

    assert list(config["auths"]) == ["registry.example:5000"]
    login = config["auths"]["registry.example:5000"]["auth"]
    assert base64.b64decode(login) == b"reader:pass:word"


@pytest.mark.parametrize("host", ["docker.io", "registry-1.docker.io"])
def test_docker_hub_has_many_names(host: str) -> None:
    config = json.loads(registry_config(f"oci://{host}/charts/web", "reader", "word"))

    assert "https://index.docker.io/v1/" in config["auths"]
    assert host in config["auths"]
