"""Rate limiting by points, and attempts: both count in the same leaky buckets."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from app.cache.buckets import Asked, Buckets, bucket_name
from app.ports.attempts import AttemptKind, AttemptSubject
from app.ports.rate_limiting import Bucket, Payer, Standing

Rates = Mapping[Payer, Bucket]


@dataclass(frozen=True, slots=True)
class BucketRateLimiter:
    """Implements `app.ports.rate_limiting.RateLimiter`. A payer without a rate is not counted."""

    buckets: Buckets
    rates: Rates

    async def take(self, payers: Mapping[Payer, str], points: int) -> Standing | None:
        counted = [(payer, who) for payer, who in payers.items() if payer in self.rates]
        if not counted:
            return None
        drawn = await self.buckets.draw(self._asked(payers), points)
        place = drawn.refused
        if place is None:
            place = min(
                range(len(counted)),
                key=lambda i: drawn.left[i] / self.rates[counted[i][0]].capacity,
            )
        payer = counted[place][0]
        return Standing(
            payer=payer,
            bucket=self.rates[payer],
            remaining=drawn.left[place],
            wait_s=drawn.wait_s,
        )

    def give_back(self, payers: Mapping[Payer, str], points: int) -> None:
        if points > 0:
            self.buckets.give_back(self._asked(payers), points)

    def _asked(self, payers: Mapping[Payer, str]) -> Asked:
        return [
            (bucket_name("points", payer, who), self.rates[payer])
            for payer, who in payers.items()
            if payer in self.rates
        ]


_SLOW = {
    AttemptSubject.VIEWER: Bucket(10, 600),
    AttemptSubject.DEVICE: Bucket(10, 600),
    AttemptSubject.ADDRESS: Bucket(60, 600),
    AttemptSubject.ABOUT: Bucket(10, 600),
}
"""Ten at once and one a minute; an address serves many people behind it."""

ATTEMPTS: Mapping[AttemptKind, Mapping[AttemptSubject, Bucket]] = {
    AttemptKind.SIGN_IN: {
        AttemptSubject.DEVICE: Bucket(20, 600),
        AttemptSubject.ADDRESS: Bucket(120, 600),
        AttemptSubject.ABOUT: Bucket(10, 600),
    },
    AttemptKind.REFRESH: {
        AttemptSubject.DEVICE: Bucket(30, 600),
        AttemptSubject.ADDRESS: Bucket(600, 600),
        AttemptSubject.ABOUT: Bucket(30, 600),
    },
    AttemptKind.SMS_CODE_SENT: {
        AttemptSubject.VIEWER: Bucket(5, 3_600),
        AttemptSubject.DEVICE: Bucket(5, 3_600),
        AttemptSubject.ADDRESS: Bucket(30, 3_600),
        AttemptSubject.ABOUT: Bucket(5, 3_600),
    },
    AttemptKind.SMS_CODE_CHECKED: _SLOW,
    AttemptKind.COUPON_CODE: _SLOW,
    AttemptKind.SHARE_CODE: {
        AttemptSubject.VIEWER: Bucket(20, 600),
        AttemptSubject.DEVICE: Bucket(20, 600),
        AttemptSubject.ADDRESS: Bucket(120, 600),
    },
    AttemptKind.STAFF_SIGN_IN: {
        AttemptSubject.DEVICE: Bucket(10, 900),
        AttemptSubject.ADDRESS: Bucket(30, 900),
        AttemptSubject.ABOUT: Bucket(5, 900),
    },
}


@dataclass(frozen=True, slots=True)
class BucketAttempts:
    """Implements `app.ports.attempts.Attempts`."""

    buckets: Buckets
    limits: Mapping[AttemptKind, Mapping[AttemptSubject, Bucket]]

    async def take(self, kind: AttemptKind, subjects: dict[AttemptSubject, str]) -> int:
        limits = self.limits.get(kind, {})
        asked = [
            (bucket_name(kind, subject, who), limits[subject])
            for subject, who in subjects.items()
            if subject in limits
        ]
        if not asked:
            return 0
        drawn = await self.buckets.draw(asked, 1)
        return math.ceil(drawn.wait_s)
