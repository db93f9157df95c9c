"""Owns the numbers for Prometheus. Labels are route templates, methods and statuses: never an id, never a name."""

from __future__ import annotations

import ipaddress

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

from server.credentials import Secrets
from server.storage.outbound import OutboundStanding

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """One per app; others add theirs to `registry`."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "bangban_requests", "Requests answered", ["method", "route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "bangban_request_seconds", "Time to answer", ["route"], buckets=_BUCKETS, registry=self.registry
        )
        self.refusals = Counter("bangban_problems", "Problem documents sent", ["code"], registry=self.registry)
        self.live_sockets = Gauge("bangban_live_sockets", "Live sockets open", registry=self.registry)
        self.outbound = Gauge(
            "bangban_outbound_messages", "Messages to the province", ["state"], registry=self.registry
        )
        self.outbound_age = Gauge(
            "bangban_outbound_oldest_seconds", "Age of the oldest message that waits", registry=self.registry
        )
        self.outbound_behind = Gauge(
            "bangban_outbound_behind", "Positions of the change log not yet looked at", registry=self.registry
        )

    def show_outbound(self, standing: OutboundStanding, now_ms: int) -> None:
        """Asked of the database when somebody looks: the process that sends may be another one."""
        for state, count in (("waiting", standing.waiting), ("sent", standing.sent), ("refused", standing.refused)):
            self.outbound.labels(state).set(count)
        self.outbound_age.set((now_ms - standing.oldest_at) / 1000 if standing.oldest_at else 0)
        self.outbound_behind.set(standing.behind)

    def text(self) -> bytes:
        return generate_latest(self.registry)

    def response(self) -> Response:
        return Response(self.text(), media_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def is_operator(request: Request, token: str, secrets: Secrets) -> bool:
    """Whoever holds the token; without one set, the machine itself, if nothing stands between."""
    if token:
        given = request.headers.get("authorization", "")
        # Macs are compared, so that neither the length nor a prefix of the token can be felt for.
        return secrets.mac("metrics", given.encode()) == secrets.mac("metrics", f"Bearer {token}".encode())
    return _is_loopback(request) and not _is_forwarded(request.headers)


def _is_loopback(request: Request) -> bool:
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _is_forwarded(headers: Headers) -> bool:
    """A proxy on this machine also comes from loopback, on behalf of the world."""
    return any(name in headers for name in ("forwarded", "x-forwarded-for", "x-real-ip", "via"))
