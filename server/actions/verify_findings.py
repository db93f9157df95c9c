"""What verifying found to be wrong, with every code it may use and what it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

MEANINGS: Mapping[str, str] = {
    "bucket_sum": "a bucket's rows are not those its sum was made of: a row was altered, added or removed",
    "bucket_rows": "a bucket has another number of rows than it says",
    "bucket_head": "a row stands beyond its bucket's head",
    "bucket_missing": "rows or changes name a bucket that is not there",
    "body_unreadable": "a record's body does not open: it was altered, or its key is missing",
    "body_differs": "a record's row and its body name different things",
    "column_differs": "a column that follows from the body says something else",
    "count_differs": "a number that lists and bulletins show is not that of the rows it counts: `bangban recount`",
    "history_body": "a former body is not the one that was replaced",
    "history_gap": "a former body of a record is missing",
    "key_without_record": "a natural key is held by a record that does not hold it",
    "key_missing": "a record holds a natural key that is not listed",
    "log_link": "a change in the log was altered: its link does not follow from the one before",
    "log_order": "changes of a bucket are missing from the log, or were reordered",
    "log_end": "a bucket's audit chain does not end where the bucket says: its tail was cut or rewritten",
    "line_differs": "a change's line is not the one that was signed, or its row says something else",
    "line_missing": "a change's line or its salt is gone",
    "outcome_differs": "a change's outcome in the log is not the one its author was told",
    "chain_gap": "a device's changes are not numbered without gaps",
    "chain_end": "a device's chain does not end where the centre says",
    "signed_end": "the log no longer holds what was signed at the second place: it was cut or rewritten",
    "signed_file": "the file of signed ends was altered",
    "read_link": "a look in the read log was altered: its link does not follow from the one before",
    "read_order": "looks are missing from the read log, or were reordered",
    "read_end": "the read log does not end where it says, or its end was forged: its tail was cut or rewritten",
    "read_reason": "the reason of a look was altered",
    "read_gone": "looks were deleted from the beginning of the read log that were not old enough",
    "wait_without_change": "something waits in the name of a change that is not parked",
    "stamp_differs": "a record says of a field that another change, or another rev, wrote it",
    "account_link": "the log of accounts was altered, reordered or cut",
    "account_differs": "an account is not what it was last written as",
    "grant_differs": "an account may read what its role and scope do not give it, or lacks what they do",
    "file_without_bytes": "a stored file has no object of its hash and size",
    "object_missing": "an object of a file is gone",
    "object_damaged": "an object's bytes are not those that were stored",
}
SHOWN_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Finding:
    """`where` is an id: a bucket, a record, a change, a device or a file."""

    code: str
    where: str
    detail: str = ""


@dataclass
class Findings:
    """The first thousand in words, all in number."""

    found: list[Finding] = field(default_factory=list)
    count: int = 0

    def add(self, code: str, where: str, detail: str = "") -> None:
        assert code in MEANINGS, f"{code} has no meaning"
        self.count += 1
        if len(self.found) < SHOWN_MAX:
            self.found.append(Finding(code, where, detail))

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(one.code for one in self.found)
