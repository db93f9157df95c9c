"""Numbers are kept for each app apart. Who may read them: tests/agent_api/test_app.py."""

from agent_api.metrics import Metrics


def test_two_apps_do_not_share_numbers() -> None:
    one, other = Metrics(), Metrics()
    one.requests.labels("GET", "/v1/health", "200").inc()
    assert b'route="/v1/health"' in one.text()
    assert b'route="/v1/health"' not in other.text()
