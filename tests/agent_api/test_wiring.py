"""The composition root gives values; what is counted is each app's own."""

from dataclasses import replace

from agent_api.wiring import Services
from tests.agent_api.centre import Centre


async def test_services_can_be_exchanged_one_by_one(api: Centre) -> None:
    other: Services = replace(api.services, metrics_token="x")
    assert other.database is api.services.database
    assert other.metrics_token != api.services.metrics_token
