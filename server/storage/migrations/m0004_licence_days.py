"""Indexes along the last days of licences, so that the schedule finds the few that ended, and along their kinds."""

from server.storage.unit_of_work import Engine


def steps(engine: Engine) -> list[str]:
    return [
        "CREATE INDEX licences_ends ON licences (valid_until, id) WHERE valid_until IS NOT NULL",
        "CREATE INDEX licences_kind_state ON licences (kind, state)",
    ]
