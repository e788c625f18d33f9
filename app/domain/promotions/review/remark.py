"""One thing worth saying about a promotion."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """ERROR: a part of it can never do what is written; it is not published. WARNING: it may be
    meant so."""

    ERROR = "ERROR"
    WARNING = "WARNING"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """`path`: the field in the promotion's document. The texts say what, and the way out."""

    code: str
    path: tuple[str | int, ...]
    severity: Severity
    zh: str
    en: str
