"""What became of each day's cases, counted as they end, so that a bulletin reads its days and no case."""

from server.storage.schema import counts
from server.storage.unit_of_work import Engine


def steps(engine: Engine) -> list[str]:
    found = counts.statements(engine.value, [counts.OUTCOMES])
    if engine is Engine.POSTGRES:
        # It reads no index of expressions alone (cases_days, on SQLite), only one of the columns themselves.
        found.append("CREATE INDEX cases_waits ON cases (finished_at, received_at) WHERE finished_at IS NOT NULL")
    return found
