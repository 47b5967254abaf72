"""Which proxy the environment names for a server, as Go decides it: for kubectl, for Helm, and so for us.

HTTP libraries of Python decide otherwise: they know no address ranges in ``NO_PROXY``, prefer lower case, and
send by a proxy what is on this machine. One half of a deployment would then go another way than Helm's.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

_OF_SCHEME = {"http": "HTTP_PROXY", "https": "HTTPS_PROXY"}
_FOR_ALL = "ALL_PROXY"
_EXCEPT = "NO_PROXY"
_PORTS = {"http": 80, "https": 443}

_Address = IPv4Address | IPv6Address | None


def proxy_for(url: str, environment: Mapping[str, str]) -> str | None:
    """Return the URL of the proxy for a server; None if it is to be reached directly. Pure.

    Args:
        url: of the server, ``http`` or ``https``.
        environment: variables in upper or lower case; ``ALL_PROXY`` counts where there is none of its own.
    """
    server = urlsplit(url)
    own = _OF_SCHEME.get(server.scheme, "")
    proxy = (own and _variable(environment, own)) or _variable(environment, _FOR_ALL)
    if not proxy or _is_on_this_machine(server) or _is_excepted(server, _variable(environment, _EXCEPT)):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def for_go(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what to add to the environment of a program in Go, which knows no ``ALL_PROXY``. Pure."""
    proxy = _variable(environment, _FOR_ALL)
    return {name: proxy for name in _OF_SCHEME.values() if proxy and not _variable(environment, name)}


def _variable(environment: Mapping[str, str], name: str) -> str:
    return environment.get(name) or environment.get(name.lower()) or ""


def _is_on_this_machine(server: SplitResult) -> bool:
    address = _address(server.hostname or "")
    return server.hostname == "localhost" or (address is not None and address.is_loopback)


def _is_excepted(server: SplitResult, exceptions: str) -> bool:
    entries = [entry.strip().lower() for entry in exceptions.split(",")]
    return "*" in entries or any(_matches(entry, server) for entry in entries if entry)


def _matches(entry: str, server: SplitResult) -> bool:
    host = server.hostname or ""
    address = _address(host)
    if "/" in entry:
        return address is not None and _is_within(address, entry)
    name, port = _split(entry)
    if port and port != str(server.port or _PORTS.get(server.scheme)):
        return False
    if address or _address(name):
        return address == _address(name)
    domain = name.removeprefix("*").removeprefix(".")
    return bool(domain) and (host.endswith(f".{domain}") or (host == domain == name))


def _is_within(address: IPv4Address | IPv6Address, addresses: str) -> bool:
    try:
        return address in ip_network(addresses, strict=False)
    except ValueError:
        return False


def _split(entry: str) -> tuple[str, str]:
    """Return the host of an exception, and its port if there is one."""
    if _address(entry):
        return entry, ""
    host, _, port = entry.rpartition(":")
    return (host.strip("[]"), port) if port.isdecimal() else (entry.strip("[]"), "")


def _address(text: str) -> _Address:
    try:
        return ip_address(text)
    except ValueError:
        return None
