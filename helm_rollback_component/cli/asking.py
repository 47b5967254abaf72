"""What asks a cluster about releases, in such a way that no secret leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.reconcile.way_out import WayOut

if TYPE_CHECKING:
    from helm_rollback_component.cli.connection import Connection


class Asking:
    """Asks a cluster, and changes nothing; what `guarded` methods return and raise has no secrets in it.

    Args:
        connection: where the releases are.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.way_out = WayOut(connection.redact)
        """What takes the secrets out of whatever leaves."""
