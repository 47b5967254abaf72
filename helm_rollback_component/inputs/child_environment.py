"""What of this process's environment another program is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_OF_PULUMI = "PULUMI_"
"""A provider's environment holds the stack's whole configuration, secrets in the clear, and the token and the
passphrase of its backend, all with this prefix.

What else is needed cannot be listed: programs that log in to clouds and registries go by the variables of
their vendors, by proxies, agents and the home folder. So this is what is left out, not what is kept.
"""


def for_child(inherited: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for another program, without what is Pulumi's alone. Pure."""
    return {name: value for name, value in inherited.items() if not name.startswith(_OF_PULUMI)}
