"""The tables of counts: how many records of a kind there are of each sort, so that nobody counts a whole table.

A count follows from the rows it counts and can be made again from them at any time (server/storage/counts.py). Its
key begins with what lies in one bucket, so whoever writes one holds the lock of the bucket's head already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.domain.cases import tally


@dataclass(frozen=True, slots=True)
class Part:
    """How often `word` is in a text of words; where it ends with a colon, how often a word begins so, or with `adds`
    the numbers behind it, added up. A text that holds `unless` has none.
    """

    name: str
    word: str
    unless: str = ""
    adds: bool = False


@dataclass(frozen=True, slots=True)
class CountTable:
    """Counts the rows of `counted` by the columns `by`, an empty one as '', of `days` by their day. `sums` are text
    columns of whole numbers that are added up, `parts` what the column `words` says. `where` leaves rows out, `needs`
    those in which this column is empty.
    """

    table: str
    counted: str
    by: tuple[str, ...]
    sums: tuple[str, ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()
    where: str = ""
    needs: str = ""
    days: tuple[str, ...] = ()
    words: str = ""
    parts: tuple[Part, ...] = ()

    @property
    def numbers(self) -> tuple[str, ...]:
        return ("number", *self.sums, *(part.name for part in self.parts))

    @property
    def condition(self) -> str:
        """Which rows are counted, "" for all."""
        return self.where or (f"{self.needs} IS NOT NULL" if self.needs else "")


STANDING = (
    CountTable("case_counts", "cases", ("bucket", "holder", "state"), indexes=(("holder", "state"),)),
    CountTable("claim_counts", "claims", ("campaign", "unit", "state"), sums=("returns",)),
    CountTable("item_counts", "items", ("catalogue", "unit", "status"), indexes=(("unit",),)),
    CountTable("resident_counts", "residents", ("bucket",)),
    # A change is its device's, and a device's row is locked by whoever writes for it.
    CountTable("change_counts", "changes", ("device", "code"), where="reused = 0"),
)
"""How things stand."""

OUTCOMES = CountTable(
    "outcome_counts",
    "cases",
    ("bucket", "finished_at"),
    indexes=(("finished_at",),),
    needs="finished_at",
    days=("finished_at",),
    words="tally",
    parts=(
        Part("void", tally.VOID),
        # What was made void is nobody's outcome.
        *(
            Part(word, word, unless=tally.VOID)
            for word in (
                tally.ON_TIME,
                tally.LATE,
                tally.RETURNED,
                tally.RETURNED_AGAIN,
                tally.KEPT,
                tally.FAILED,
                tally.ELDER_HOME,
                tally.ELDER_ELSEWHERE,
                tally.LICENCE,
                tally.DUPLICATE,
            )
        ),
        Part("delivered", tally.DAYS, unless=tally.VOID),
        Part("delivery_days", tally.DAYS, unless=tally.VOID, adds=True),
    ),
)
"""What became of a day's cases, for the bulletin: four or five cases share a village and a day, and none is opened."""

COUNTS: tuple[CountTable, ...] = (*STANDING, OUTCOMES)


def counts_of(counted: str) -> tuple[CountTable, ...]:
    """The counts of a table."""
    return _BY_COUNTED.get(counted, ())


_BY_COUNTED: Mapping[str, tuple[CountTable, ...]] = {
    counted: tuple(one for one in COUNTS if one.counted == counted) for counted in {one.counted for one in COUNTS}
}


def statements(engine: str, counts: Sequence[CountTable]) -> list[str]:
    """One statement a step, for "sqlite" or "postgres". What is there already is counted."""
    assert engine in ("sqlite", "postgres"), f"there is no engine called {engine}"
    found: list[str] = []
    for count in counts:
        columns = [f"{column} TEXT NOT NULL" for column in count.by]
        columns += [f"{column} BIGINT NOT NULL" for column in count.numbers]
        found.append(f"CREATE TABLE {count.table} ({', '.join(columns)}, PRIMARY KEY ({', '.join(count.by)}))")
        found += [
            f"CREATE INDEX {count.table}_{'_'.join(columns)} ON {count.table} ({', '.join(columns)})"
            for columns in count.indexes
        ]
        found.append(counting(count, engine))
    return found


def counting(count: CountTable, engine: str) -> str:
    """Fills an empty count from the rows it counts."""
    return f"INSERT INTO {count.table} ({', '.join((*count.by, *count.numbers))}) {counted_anew(count, engine)}"


def counted_anew(count: CountTable, engine: str) -> str:
    """What the rows add up to now: the columns of `by`, then those of `numbers`."""
    by = ", ".join(kept(column, count) for column in count.by)
    where = f" WHERE {count.condition}" if count.condition else ""
    return f"SELECT {by}, {added_up(count, engine)} FROM {count.counted}{where} GROUP BY {by}"  # noqa: S608


def added_up(count: CountTable, engine: str) -> str:
    """The numbers of all rows of a group, in the order of `numbers`."""
    return ", ".join(["count(*)", *(f"CAST(sum({one}) AS BIGINT)" for one in each_adds(count, engine))])


def each_adds(count: CountTable, engine: str) -> list[str]:
    """What one row adds to each of `numbers` but the first, to which it adds one."""
    return [*map(added, count.sums), *(told(part, count.words, engine) for part in count.parts)]


def kept(column: str, count: CountTable) -> str:
    return f"substr({column}, 1, 10)" if column in count.days else f"coalesce({column}, '')"


def added(column: str) -> str:
    return f"CAST(coalesce(nullif({column}, ''), '0') AS BIGINT)"


_BEHIND = {
    # SQLite reads a number as far as it goes.
    "sqlite": "CAST(substr({words}, instr({words}, '{word}') + {length}) AS INTEGER)",
    "postgres": "CAST(substring({words} from '{word}([0-9]+)') AS BIGINT)",
}


def told(part: Part, words: str, engine: str) -> str:
    """What the text in the column `words` says of a part."""
    marked = f"' ' || {words} || ' '"
    has = f"{marked} LIKE '% {part.word}{'' if part.word.endswith(':') else ' '}%'"
    if part.unless:
        has += f" AND {marked} NOT LIKE '% {part.unless} %'"
    number = _BEHIND[engine].format(words=words, word=part.word, length=len(part.word)) if part.adds else "1"
    return f"CASE WHEN {has} THEN {number} ELSE 0 END"
