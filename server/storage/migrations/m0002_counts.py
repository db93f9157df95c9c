"""Counts, and the indexes with which a full centre's counts and days are read from one index alone."""

from server.storage.schema import counts
from server.storage.unit_of_work import Engine

_INDEXES = (
    # Which open cases of a place have come to their day: a few of many, whatever the centre holds.
    "CREATE INDEX cases_late ON cases (bucket, due) WHERE due IS NOT NULL",
    # A period's outcomes are counted without a look at any case.
    "CREATE INDEX cases_outcomes ON cases (finished_at, bucket, item, tally) WHERE finished_at IS NOT NULL",
    # How many ended on which day, of those that came on which.
    "CREATE INDEX cases_days ON cases (substr(finished_at, 1, 10), substr(received_at, 1, 10))"
    " WHERE finished_at IS NOT NULL",
    "CREATE INDEX cases_area_days ON cases (bucket, substr(finished_at, 1, 10)) WHERE finished_at IS NOT NULL",
    "CREATE INDEX claims_late ON claims (campaign, due, unit, state) WHERE due IS NOT NULL",
    "CREATE INDEX reviews_finding_found_at ON reviews (finding, found_at, bucket)",
    "CREATE INDEX ratings_given ON ratings (rated_at, bucket, unit, grade, state) WHERE rated_at IS NOT NULL",
    "CREATE INDEX changes_corrected ON changes (code, bucket) WHERE name = 'case.correct'",
)


def steps(engine: Engine) -> list[str]:
    """One statement a step, the same for both engines."""
    return [*counts.statements(engine.value, counts.STANDING), *_INDEXES]
