"""When a light first was yellow or worse, and on whom it shone: a month's warnings are counted from that at any time.

Of a light that there is, what is known is when it came to the level it has.
"""

from server.storage.unit_of_work import Engine


def steps(engine: Engine) -> list[str]:
    """One statement a step, the same for both engines."""
    return [
        "ALTER TABLE lights ADD COLUMN warned_at TEXT",
        "ALTER TABLE lights ADD COLUMN warned_holder TEXT",
        """UPDATE lights SET warned_at = nullif(level_since, ''), warned_holder = nullif(holder, '')
           WHERE level IN ('yellow', 'red', 'red_plus')""",
        "CREATE INDEX lights_warned ON lights (warned_at, bucket, warned_holder) WHERE warned_at IS NOT NULL",
    ]
