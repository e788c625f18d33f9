"""How processes log: to standard error, a JSON object a line; on a terminal, lines for people.

What may be personal is kept out where a line is written; what slips through is struck out here.
"""

import logging
import re
import sys
from collections.abc import Mapping
from typing import Any

import orjson
import structlog
from structlog.types import EventDict, WrappedLogger

from app.gateway.errors import trace
from app.settings import LogFormat

STRUCK_OUT = "▇"
PERSONAL = re.compile(
    r"""
    eyJ[\w-]+\.[\w-]+\.[\w-]+                  # tokens in JWT's form
    | (?<!\d)(?:\+?86[-\s]?)?1[3-9]\d{9}(?!\d) # phones
    | (?<!\w)[\u4e00-\u9fff][A-HJ-NP-Z]·?[A-HJ-NP-Z0-9]{5,6}(?!\w)  # plates
    | (?<!\w)o[\w-]{27}(?!\w)                  # openids
    | (?i:(?<=bearer\s))[\w.~+/-]{8,}
    """,
    re.VERBOSE,
)


FAULT_LINE = re.compile(r"^[\w.]+(?::.*)?$", re.MULTILINE)
"""Of a trace in text: the type of a fault, and what it says."""


def strike_out(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Whatever looks like a token, a phone, a plate or an openid, in any text of the line."""
    return {name: _struck(value) for name, value in event.items()}


def _struck(value: Any) -> Any:
    if isinstance(value, str):
        return PERSONAL.sub(STRUCK_OUT, value)
    if isinstance(value, Mapping):
        return {name: _struck(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_struck(inner) for inner in value]
    return value


def trace_without_texts(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A fault's frames and types: its own text may quote a row."""
    told = event.pop("exc_info", None)
    fault = told[1] if isinstance(told, tuple) else told
    if isinstance(fault, BaseException):
        event["exception"] = trace(fault)
    event.pop("exc_text", None)
    return event


def start_told_briefly(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A start that failed reaches the server's log as the text of a trace; the line of its last
    fault says why."""
    told = event["event"]
    if isinstance(told, str) and told.startswith("Traceback ("):
        event["event"] = FAULT_LINE.findall(told)[-1]
    return event


def logging_as(wanted: LogFormat) -> dict[str, Any]:
    """For `logging.config.dictConfig`. uvicorn's own access log stays off: it would write whole
    addresses; the job queue's too: it would write the texts of faults, which may quote a person."""
    lines = wanted is LogFormat.LINES or (wanted is LogFormat.AUTO and sys.stderr.isatty())
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"structured": {"()": line_formatter if lines else json_formatter}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "loggers": {
            "youhui": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
            "procrastinate": {"handlers": ["stderr"], "level": "CRITICAL", "propagate": False},
            "uvicorn": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        },
    }


def json_formatter() -> logging.Formatter:
    """A JSON object a record."""
    return _formatter(structlog.processors.JSONRenderer(serializer=_json))


def line_formatter() -> logging.Formatter:
    """A line a record, for people; in colours on a terminal."""
    return _formatter(structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()))


def _formatter(render: structlog.types.Processor) -> structlog.stdlib.ProcessorFormatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            trace_without_texts,
            start_told_briefly,
            strike_out,
            render,
        ],
    )


def _json(event: EventDict, **_options: object) -> str:
    return orjson.dumps(event, default=str).decode()
