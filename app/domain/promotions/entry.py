"""A candidate's place in one shopper's roster: what holds of it at every station."""

from dataclasses import dataclass

from app.domain.promotions.bill import Scope
from app.domain.promotions.candidate import Candidate
from app.domain.promotions.conditions import Condition
from app.domain.promotions.promotion import Promotion

PLACELESS_KINDS = frozenset(
    {"SCHEDULE", "FIRST_ORDER", "SEGMENT", "MEMBER_TIER", "CHANNEL", "PAYMENT_METHOD"}
)
"""Conditions that hold alike at all stations of one time zone. A kind that is missing here is
judged station by station: slower, and as right."""

Name = tuple[str, int]
"""Code, and coupon id or 0: the last word of every tie."""


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """`rank`: place in application order; it stands for `bit` in bit sets such as `rivals`, the
    entries that it clashes with. `barred`: by its own state (see `standing_failures`)."""

    candidate: Candidate
    promotion: Promotion
    scope: Scope
    rank: int
    bit: int
    rivals: int
    barred: bool
    is_coupon: bool
    name: Name
    running_threshold_fen: int
    placeless: tuple[Condition, ...]
    local: tuple[Condition, ...]

    @classmethod
    def of(cls, candidate: Candidate, rank: int, rivals: int, *, barred: bool) -> "Entry":
        promotion = candidate.promotion
        conditions = promotion.conditions
        return cls(
            candidate,
            promotion,
            Scope.of(promotion.scope),
            rank,
            1 << rank,
            rivals,
            barred,
            candidate.coupon is not None,
            (promotion.code, candidate.coupon.id if candidate.coupon else 0),
            promotion.running_threshold_fen,
            tuple(c for c in conditions if c.kind in PLACELESS_KINDS),
            tuple(c for c in conditions if c.kind not in PLACELESS_KINDS),
        )
