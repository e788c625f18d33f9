"""How fast callers may spend points: buckets that leak, one for each of whom a request counts
against."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Payer(StrEnum):
    """Whom a request counts against, all at once: who is signed in, the device that the client
    names, the address it comes from, the channel as a whole."""

    VIEWER = "VIEWER"
    DEVICE = "DEVICE"
    ADDRESS = "ADDRESS"
    CHANNEL = "CHANNEL"


@dataclass(frozen=True, slots=True)
class Bucket:
    """`capacity` points at once; empty, it is full again after `refill_s` seconds."""

    capacity: int
    refill_s: int

    @property
    def restored_per_s(self) -> float:
        return self.capacity / self.refill_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Of the bucket that had least left, by its own measure. `wait_s` 0: the points were taken;
    else none were, and it is `payer`'s bucket that holds them after so many seconds."""

    payer: Payer
    bucket: Bucket
    remaining: int
    wait_s: float = 0.0


class RateLimiter(Protocol):
    async def take(self, payers: Mapping[Payer, str], points: int) -> Standing | None:
        """Points from every payer's bucket, or from none. None: nobody counts. More points than a
        bucket can ever hold are taken as all it holds. Never raises: with the store gone, this
        process counts by itself, with its part of each bucket."""
        ...

    def give_back(self, payers: Mapping[Payer, str], points: int) -> None:
        """Points that were taken and not needed. They come back with the payer's next request to
        this process at the latest; lost with the process."""
        ...
