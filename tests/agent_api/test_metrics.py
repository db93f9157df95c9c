"""Numbers are kept for each app apart. Who may read them: tests/agent_api/test_app.py."""

from agent_api.metrics import Metrics
from server.storage.outbound import Channel, OutboundStanding


def test_two_apps_do_not_share_numbers() -> None:
    one, other = Metrics(), Metrics()
    one.requests.labels("GET", "/v1/health", "200").inc()
    assert b'route="/v1/health"' in one.text()
    assert b'route="/v1/health"' not in other.text()


def test_the_outbox_is_told_by_state_and_by_its_oldest() -> None:
    metrics = Metrics()
    metrics.show_outbound(OutboundStanding(3, 2, 1, 1_000, 7, Channel(0, 0, 0, "")), 61_000)
    shown = metrics.text().decode()
    assert 'bangban_outbound_messages{state="waiting"} 3.0' in shown
    assert "bangban_outbound_oldest_seconds 60.0" in shown
    assert "bangban_outbound_behind 7.0" in shown
    metrics.show_outbound(OutboundStanding(0, 5, 1, 0, 0, Channel(0, 0, 0, "")), 61_000)
    assert "bangban_outbound_oldest_seconds 0.0" in metrics.text().decode()
