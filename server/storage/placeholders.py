"""One way to write parameters, for both engines. Pure.

Callers write `?` for a value and `IN (?*)` or `NOT IN (?*)` for a list of values, which may be empty. On PostgreSQL
they become `$1`, `= ANY($1)` and `<> ALL($1)`. On SQLite a list is spread over as many `?` as it needs, rounded
up to a power of two by repeating its last value, so that a statement has few shapes and stays in the cache.
Question marks inside quotes are left alone.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

_TOKENS = re.compile(r"""('(?:[^']|'')*'|"(?:[^"]|"")*")|(?:(\bNOT\s+)?\bIN\s*)\(\?\*\)|(\?)""", re.IGNORECASE)


@lru_cache(maxsize=4096)
def for_postgres(sql: str) -> str:
    """The statement with numbered parameters."""
    count = 0

    def numbered(token: re.Match[str]) -> str:
        nonlocal count
        if token[1] is not None:
            return token[1]
        count += 1
        if token[3] is not None:
            return f"${count}"
        return f"<> ALL(${count})" if token[2] else f"= ANY(${count})"

    return _TOKENS.sub(numbered, sql)


def for_sqlite(sql: str, params: Sequence[Any]) -> tuple[str, Sequence[Any]]:
    """The statement and its parameters with every list spread out."""
    if "?*" not in sql:
        return sql, params
    sizes: list[int] = []
    spread: list[Any] = []
    for param, is_list in zip(params, _kinds(sql), strict=True):
        if not is_list:
            spread.append(param)
            continue
        size = 1 << (len(param) - 1).bit_length() if param else 0
        sizes.append(size)
        spread.extend(param)
        spread.extend(param[-1:] * (size - len(param)))
    return _spread(sql, tuple(sizes)), spread


@lru_cache(maxsize=4096)
def _kinds(sql: str) -> tuple[bool, ...]:
    """For each parameter of the statement, in order: is it a list?"""
    return tuple(token[3] is None for token in _TOKENS.finditer(sql) if token[1] is None)


@lru_cache(maxsize=4096)
def _spread(sql: str, sizes: tuple[int, ...]) -> str:
    remaining = iter(sizes)

    def widened(token: re.Match[str]) -> str:
        if token[1] is not None or token[3] is not None:
            return token[0]
        return token[0].replace("(?*)", f"({', '.join('?' * next(remaining))})")

    return _TOKENS.sub(widened, sql)
