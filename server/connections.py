"""A connection's bounds before there is a request: how long its head may take, what it may hold, whom it counts for.

Laws: nobody is answered before a head has come whole, so a connection that does not send one is closed, whether it is
new or has been served before; what a body may take is agent_api/bodies.py's. Nobody else waits meanwhile.
"""

from __future__ import annotations

import asyncio
import ipaddress

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_WAIT_S = 20.0
HEAD_BYTES_MAX = 64 * 1024
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


def counted_address(address: str) -> str:
    """Whom an address counts for where tries are counted: one line at home has 2^64 addresses of IPv6."""
    try:
        told = ipaddress.ip_address(address)
    except ValueError:
        return address
    if not isinstance(told, ipaddress.IPv6Address):
        return address
    if told.ipv4_mapped is not None:
        return str(told.ipv4_mapped)
    return str(ipaddress.ip_network((told.packed[:8] + bytes(8), 64)))


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's own, with a deadline and a bound on the head of each request."""

    head_wait_s = HEAD_WAIT_S
    _deadline: asyncio.TimerHandle | None = None
    _head_bytes = 0
    _in_head = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._arm()

    def data_received(self, data: bytes) -> None:
        if self._in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        # Counted by arrivals: the last of them may hold a whole body as well, and then the head has come.
        if self._in_head and self._head_bytes > HEAD_BYTES_MAX and not self.transport.is_closing():
            self.transport.write(_TOO_LARGE)
            self.transport.close()

    def on_message_begin(self) -> None:
        self._in_head, self._head_bytes = True, 0
        self._arm()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._disarm()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._disarm()
        super().connection_lost(exc)

    def _arm(self) -> None:
        self._disarm()
        self._deadline = self.loop.call_later(self.head_wait_s, self._give_up)

    def _disarm(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()
