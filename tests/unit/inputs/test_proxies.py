"""Proxies of the environment, as Go reads them (golang.org/x/net/http/httpproxy)."""

import pytest

from helm_rollback_component.inputs.proxies import for_go, proxy_for

PROXY = "http://proxy:3128"
SOCKS = "socks5://socks:1080"


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, None),
        ({"HTTPS_PROXY": PROXY}, PROXY),
        ({"https_proxy": PROXY}, PROXY),
        ({"HTTPS_PROXY": PROXY, "https_proxy": "http://lower"}, PROXY),
        ({"HTTPS_PROXY": "proxy:3128"}, PROXY),
        ({"HTTP_PROXY": PROXY}, None),
        ({"ALL_PROXY": SOCKS}, SOCKS),
        ({"all_proxy": SOCKS}, SOCKS),
        ({"ALL_PROXY": SOCKS, "HTTPS_PROXY": PROXY}, PROXY),
        ({"HTTPS_PROXY": "", "ALL_PROXY": ""}, None),
    ],
)
def test_the_variable_that_counts(environment: dict[str, str], expected: str | None) -> None:
    assert proxy_for("https://cluster.test", environment) == expected


def test_each_scheme_has_its_own() -> None:
    environment = {"HTTP_PROXY": "http://a", "HTTPS_PROXY": "http://b", "ALL_PROXY": "http://c"}
    schemes = ("http", "https", "oci")
    found = [proxy_for(f"{scheme}://cluster.test", environment) for scheme in schemes]
    assert found == ["http://a", "http://b", "http://c"]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "[::1]"])
def test_what_is_on_this_machine_is_reached_directly(host: str) -> None:
    assert proxy_for(f"https://{host}:6443", {"HTTPS_PROXY": PROXY, "ALL_PROXY": SOCKS}) is None


@pytest.mark.parametrize(
    ("exceptions", "host", "direct"),
    [
        ("*", "cluster.test", True),
        ("a.test, *", "cluster.test", True),
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.0.0.0/8", "11.1.2.3", False),
        ("10.0.0.0/8", "cluster.test", False),
        ("10.0.0.0/99", "10.0.0.1", False),
        ("fd00::/8", "[fd00::1]", True),
        ("10.1.2.3", "10.1.2.3", True),
        ("10.1.2.3", "10.1.2.33", False),
        ("10.1.2.3:6443", "10.1.2.3:6443", True),
        ("10.1.2.3:6443", "10.1.2.3:443", False),
        ("[fd00::1]:6443", "[fd00::1]:6443", True),
        ("fd00::1", "[fd00::1]", True),
        ("cluster.test", "cluster.test", True),
        ("cluster.test", "api.cluster.test", True),
        ("cluster.test", "mycluster.test", False),
        (" Cluster.Test ", "API.cluster.test", True),
        (".cluster.test", "api.cluster.test", True),
        (".cluster.test", "cluster.test", False),
        ("*.cluster.test", "api.cluster.test", True),
        ("*.cluster.test", "cluster.test", False),
        ("cluster.test:443", "cluster.test", True),
        ("cluster.test:8443", "cluster.test", False),
        (",:443,", "cluster.test", False),
        ("", "cluster.test", False),
    ],
)
def test_exceptions(exceptions: str, host: str, *, direct: bool) -> None:
    found = proxy_for(f"https://{host}", {"HTTPS_PROXY": PROXY, "NO_PROXY": exceptions})
    assert found == (None if direct else PROXY)


def test_programs_in_go_are_told_of_the_proxy_for_all() -> None:
    assert for_go({"all_proxy": SOCKS}) == {"HTTP_PROXY": SOCKS, "HTTPS_PROXY": SOCKS}
    assert for_go({"ALL_PROXY": SOCKS, "https_proxy": PROXY}) == {"HTTP_PROXY": SOCKS}
    assert for_go({"HTTPS_PROXY": PROXY}) == {}
