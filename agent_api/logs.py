"""Owns what is written to the log: JSON lines without personal data and without anything that opens a door.

Laws: keys that name a secret or a person are cut whatever their value; ids, phones and cards are masked in every text;
whatever looks like a token is cut, also in the middle of a text. A request is logged by its route template, so that
what people type into addresses never reaches a file.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO

import structlog

from server.domain.people.masking import mask_text

CUT = "[cut]"
_SECRET_KEYS = re.compile(
    r"token|authorization|password|secret|proof|signature|private|ticket|cookie|challenge|(^|_)code$|activation", re.I
)
_PERSON_KEYS = re.compile(r"citizen|phone|address|(^|_)name$|resident|body|fields|last4|receipt", re.I)
# Problem codes are ours and public; an activation code is not, and has another key.
_PUBLIC_KEYS = frozenset({"problem_code", "app_name", "event"})
_TOKENS = re.compile(r"eyJ[\w-]{8,}\.[\w-]+\.[\w-]*|\b[\w-]{43,}\b|\b[2-9A-HJKMNP-Z]{5}-[2-9A-HJKMNP-Z]{5}\b")

Event = MutableMapping[str, Any]


def redact(_logger: Any, _method: str, event: Event) -> Event:
    """The structlog processor. Nested values too."""
    return {key: _redacted(key, value) for key, value in event.items()}


def _redacted(key: str, value: Any) -> Any:
    if key not in _PUBLIC_KEYS and (_SECRET_KEYS.search(key) or _PERSON_KEYS.search(key)):
        return CUT
    return _clean(value)


def _clean(value: Any) -> Any:
    match value:
        case str():
            return mask_text(_TOKENS.sub(CUT, value))
        case bytes():
            return CUT
        case Mapping():
            return {str(key): _redacted(str(key), inner) for key, inner in value.items()}
        case list() | tuple():
            return [_clean(inner) for inner in value]
        case _:
            return value


def configure_logs(out: TextIO, *, level: int = logging.INFO) -> None:
    """Once, at start, by the composition root."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=False),
            _add_traceback,
            redact,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=False,
    )


def _add_traceback(_logger: Any, _method: str, event: Event) -> Event:
    """Where an error came from: files, lines and class. Not its text, which can quote what was typed."""
    error = event.pop("exc_info", None)
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        frames = []
        trace = error.__traceback__
        while trace is not None:
            code = trace.tb_frame.f_code
            frames.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} {code.co_name}")
            trace = trace.tb_next
        event["trace"] = frames
    return event


def logger() -> Any:
    return structlog.get_logger("bangban")
