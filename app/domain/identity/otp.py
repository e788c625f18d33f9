"""One-time passwords by SMS (短信验证码): six digits, for five minutes, few tries, few a day."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

DIGITS = 6
LIFETIME = timedelta(minutes=5)
MOST_MISSES = 5
"""Wrong codes that a sent one survives: 5 of 10^6, so that guessing a phone's code a hundred
times a day hits once in two thousand days."""
RESEND_AFTER = timedelta(seconds=60)
MOST_A_DAY_PER_PHONE = 10
MOST_A_DAY_PER_ADDRESS = 100
"""Operators put many phones behind one address (CGNAT): a low cap would shut honest drivers out."""

_FORM = re.compile(rf"[0-9]{{{DIGITS}}}")


def code_of(free: int) -> str:
    """The code of a number from 0 to 10^6 - 1."""
    return f"{free:0{DIGITS}d}"


def read_code(typed: str) -> str | None:
    """The one spelling of a typed code; None: it cannot be one."""
    digits = unicodedata.normalize("NFKC", typed[: 2 * DIGITS + 2]).replace(" ", "").strip()
    return digits if _FORM.fullmatch(digits) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentCode:
    """What is kept of the last code of a phone. `used`: once is enough."""

    code_hash: bytes
    made_at: datetime
    misses: int = 0
    used: bool = False


def resend_wait_s(last_made_at: datetime | None, moment: datetime) -> int:
    """Whole seconds until another code may be sent to the phone; 0: now."""
    if last_made_at is None:
        return 0
    left = last_made_at + RESEND_AFTER - moment
    return max(0, -(-left // timedelta(seconds=1)))


def holds(sent: SentCode | None, hashes: Collection[bytes], moment: datetime) -> bool:
    """Whether a typed code, by its hashes, is the one that was sent. No code, a used one, one whose
    time is over and a wrong one are all one answer: who asks learns nothing of another's phone."""
    return (
        sent is not None
        and not sent.used
        and sent.made_at <= moment < sent.made_at + LIFETIME
        and sent.misses < MOST_MISSES
        and sent.code_hash in hashes
    )
