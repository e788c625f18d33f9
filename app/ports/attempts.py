"""Attempts: what is guessed at, and therefore counted each time a field runs, not once a request:
twenty aliases in one document are twenty attempts."""

from enum import StrEnum
from typing import Protocol


class AttemptKind(StrEnum):
    """Each is counted apart, with limits of its own (`app.cache.attempts`)."""

    SIGN_IN = "SIGN_IN"
    REFRESH = "REFRESH"
    SMS_CODE_SENT = "SMS_CODE_SENT"
    SMS_CODE_CHECKED = "SMS_CODE_CHECKED"
    COUPON_CODE = "COUPON_CODE"
    SHARE_CODE = "SHARE_CODE"
    STAFF_SIGN_IN = "STAFF_SIGN_IN"


class AttemptSubject(StrEnum):
    """Whom an attempt counts against. ABOUT: what is tried at, e.g. a phone's blind index or an
    account's name; never personal data as it is."""

    VIEWER = "VIEWER"
    DEVICE = "DEVICE"
    ADDRESS = "ADDRESS"
    ABOUT = "ABOUT"


class Attempts(Protocol):
    async def take(self, kind: AttemptKind, subjects: dict[AttemptSubject, str]) -> int:
        """Counts one attempt against every subject at once; 0: it may go on. Else the seconds until
        it may, rounded up, and nothing was counted. Never raises: with the counters' store gone,
        this process counts by itself, with its part of each limit."""
        ...
