"""Runs: an operator's act on many members' coupons, or the making of many codes, done in chunks."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class RunKind(StrEnum):
    ISSUE = "ISSUE"
    CODES = "CODES"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCounts:
    """What has come of a run so far. `seen`: members (of a file: lines) looked at, or codes made.
    Of them: `issued`; `had`: as many as one member may have, or one of this run; `unknown`: no such
    member; `short`: there was no stock left."""

    seen: int = 0
    issued: int = 0
    had: int = 0
    unknown: int = 0
    short: int = 0

    def __add__(self, other: "RunCounts") -> "RunCounts":
        return RunCounts(
            seen=self.seen + other.seen,
            issued=self.issued + other.issued,
            had=self.had + other.had,
            unknown=self.unknown + other.unknown,
            short=self.short + other.short,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponRun:
    """`audience`: "segment:NAME", "file:SHA-256 of its bytes", "codes:COUNT". `cursor`: where the
    next chunk begins, exclusive; 0 at the start."""

    id: int
    kind: RunKind
    batch_code: str
    audience: str
    started_by: str
    started_at: datetime
    finished_at: datetime | None = None
    cursor: int = 0
    counts: RunCounts = RunCounts()
