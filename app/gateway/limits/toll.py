"""What an operation pays before it runs, and what it is told of it afterwards.

Points are taken for what is asked, at most; what was not needed is given back. A document that
nobody sent before pays for being read too, and before it is: parsing and validating it costs more
than most answers do.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.gateway.faults import EdgeCode, EdgeFault
from app.gateway.limits.cost import OperationCost
from app.ports.rate_limiting import Payer, RateLimiter, Standing
from app.resolvers.context import RequestContext

CHARACTERS_A_POINT = 20
"""Parsing and validating so many characters is about the work of a point."""
LEAST = 1
"""Of any operation: a point for being a request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TollOptions:
    """`most`: points of one operation; `limiter` None: nobody counts how fast they are spent;
    `reported`: answers tell in `extensions.cost`."""

    most: int = 5_000
    limiter: RateLimiter | None = None
    reported: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """What an operation was charged. `standing` None: nobody counts."""

    cost: OperationCost
    requested: int
    payers: Mapping[Payer, str]
    standing: Standing | None
    options: TollOptions

    def settle(self, answer: Mapping[str, Any] | None) -> dict[str, Any] | None:
        """Once, when the operation has run: gives back what the rows that came did not need.
        Answers what `extensions.cost` says; None: nothing is to be said. `answer`: `data`."""
        limiter, standing = self.options.limiter, self.standing
        if limiter is None and not self.options.reported:
            return None
        actual = min(self.requested, max(LEAST, self.cost.actual(answer)))
        spared = self.requested - actual
        if spared and limiter is not None:
            limiter.give_back(self.payers, spared)
        if not self.options.reported:
            return None
        told: dict[str, Any] = {
            "requested": self.requested,
            "actual": actual,
            "maximum": self.options.most,
        }
        return told if standing is None else told | _bucket(standing, spared)


class Toll:
    def __init__(self, options: TollOptions) -> None:
        self._options = options

    async def for_reading(self, context: RequestContext, text: str) -> None:
        """For a document that is to be parsed. Raises `EdgeFault`."""
        await self._take(payers_of(context), LEAST + len(text) // CHARACTERS_A_POINT)

    async def for_running(
        self, context: RequestContext, cost: OperationCost, variables: Mapping[str, Any] | None
    ) -> Paid:
        """Raises `EdgeFault`: more than any operation may cost, or too fast."""
        requested = max(LEAST, cost.requested(variables))
        if requested > self._options.most:
            raise _exceeded(requested, self._options.most)
        payers = payers_of(context)
        return Paid(
            cost=cost,
            requested=requested,
            payers=payers,
            standing=await self._take(payers, requested),
            options=self._options,
        )

    async def _take(self, payers: Mapping[Payer, str], points: int) -> Standing | None:
        if self._options.limiter is None:
            return None
        standing = await self._options.limiter.take(payers, points)
        if standing is not None and standing.wait_s > 0:
            raise _limited(standing, points)
        return standing


def payers_of(context: RequestContext) -> dict[Payer, str]:
    """Everyone this request counts against."""
    principal = context.principal
    known = {
        Payer.VIEWER: principal and f"{principal.kind}:{principal.id}",
        Payer.DEVICE: context.device,
        Payer.ADDRESS: context.client_address,
        Payer.CHANNEL: context.channel or "none",
    }
    return {payer: who for payer, who in known.items() if who is not None}


def _bucket(standing: Standing, spared: int) -> dict[str, Any]:
    """The bucket that has least left. `restoreRate`: points a second."""
    bucket = standing.bucket
    return {
        "bucket": standing.payer,
        "capacity": bucket.capacity,
        "remaining": min(bucket.capacity, standing.remaining + spared),
        "restoreRate": round(bucket.restored_per_s, 3),
    }


def _exceeded(requested: int, most: int) -> EdgeFault:
    return EdgeFault(
        400,
        EdgeCode.COST_EXCEEDED,
        f"该操作需要 {requested} 点，单次上限为 {most} 点；请减小 first 或少取字段。",
        f"The operation costs {requested} points; the limit of one is {most}."
        " Ask for smaller pages or fewer fields.",
        extensions={"requested": requested, "maximum": most},
    )


def _limited(standing: Standing, points: int) -> EdgeFault:
    wait_s = max(1, math.ceil(standing.wait_s))
    return EdgeFault(
        429,
        EdgeCode.RATE_LIMITED,
        f"请求过于频繁，请 {wait_s} 秒后再试。",
        f"Too many requests: try again in {wait_s} s.",
        {"Retry-After": str(wait_s)},
        extensions={
            "requested": points,
            **_bucket(standing, 0),
            "retryAfterSeconds": wait_s,
        },
    )
