"""A TLS socket that is closed where its connection was reset before the handshake.

Python up to 3.12 leaves that to the garbage collector (``SSLSocket._create`` in ``ssl.py`` raises what the
socket's first ``recv`` does), which takes as long as somebody keeps the error.
"""

from __future__ import annotations

import ssl


class ClosingSocket(ssl.SSLSocket):
    """What a context's ``sslsocket_class`` is to be."""

    def recv(self, buflen: int = 1024, flags: int = 0) -> bytes:
        """Receive as any TLS socket does; a connection that was reset is closed."""
        try:
            return super().recv(buflen, flags)
        except ConnectionResetError:
            self.close()
            raise
