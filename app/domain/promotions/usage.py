"""How much of promotions has been used, and what their limits leave (design §2, Limits)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from app.domain.promotions.limits import EVER_START, Limit, LimitPer, LimitPeriod
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.reason import Reason, ReasonCode


class CounterKey(NamedTuple):
    """One counter. `subject`: the id of the user, device or person, the station's code, or ""
    for TOTAL. `start`: the first day of the period; a later period has a counter of its own."""

    code: str
    per: LimitPer
    subject: str
    period: LimitPeriod
    start: date


class Used(NamedTuple):
    """Uses and fen of discount, those of reserved orders counted in."""

    uses: int = 0
    fen: int = 0


NOTHING_USED = Used()


class Subjects(NamedTuple):
    """Who uses an offer, and where. None: not known, or a guest: nothing is counted for it."""

    user_id: int | None
    device_id: str | None
    person_id: str | None
    station_code: str

    def of(self, per: LimitPer) -> str | None:
        match per:
            case LimitPer.USER:
                return None if self.user_id is None else str(self.user_id)
            case LimitPer.DEVICE:
                return self.device_id
            case LimitPer.PERSON:
                return self.person_id
            case LimitPer.STATION:
                return self.station_code
            case LimitPer.TOTAL:
                return ""


@dataclass(frozen=True, slots=True)
class Usage:
    """Counters that are not 0. Coupons issued of a batch are the uses of its TOTAL, EVER.

    `unread`: the counters that all share could not be read, `own_unread`: the member's own; of
    what they bound, nothing is known to be left.
    """

    counters: Mapping[CounterKey, Used] = field(default_factory=dict[CounterKey, Used])
    unread: bool = False
    own_unread: bool = False

    def unknown(self, limit: Limit) -> bool:
        """Whether the limit's counter could not be read."""
        return self.unread if limit.per.shared else self.own_unread

    def used(
        self, promotion: Promotion, limit: Limit, subjects: Subjects, moment: datetime
    ) -> Used:
        """What counts against the limit at a moment. For a subject that is not known: nothing."""
        key = counter_key(promotion, limit.per, limit.period, subjects, moment)
        return NOTHING_USED if key is None else self.counters.get(key, NOTHING_USED)

    def issued(self, promotion: Promotion) -> int:
        """Coupons issued of a batch."""
        return self.counters.get(issued_key(promotion.code), NOTHING_USED).uses


NO_USAGE = Usage()


def issued_key(batch_code: str) -> CounterKey:
    """The counter of a batch's issued coupons."""
    return CounterKey(batch_code, LimitPer.TOTAL, "", LimitPeriod.EVER, EVER_START)


def counter_key(
    promotion: Promotion,
    per: LimitPer,
    period: LimitPeriod,
    subjects: Subjects,
    moment: datetime,
) -> CounterKey | None:
    """The counter that a use now raises; None: its subject is not known."""
    subject = subjects.of(per)
    if subject is None:
        return None
    start = period.start(moment, promotion.validity.time_zone)
    return CounterKey(promotion.code, per, subject, period, start)


def left_fen(
    promotion: Promotion, usage: Usage, subjects: Subjects, moment: datetime
) -> int | None:
    """What its limits leave to take off now: 0 where one is reached, None where none bounds it."""
    least: int | None = None
    for limit in promotion.all_limits:
        if usage.unknown(limit):
            return 0
        used = usage.used(promotion, limit, subjects, moment)
        if limit.max_uses is not None and used.uses >= limit.max_uses:
            return 0
        if limit.max_fen is not None:
            left = max(0, limit.max_fen - used.fen)
            least = left if least is None else min(least, left)
    return least


def limit_failures(
    promotion: Promotion, usage: Usage, subjects: Subjects, moment: datetime
) -> tuple[Reason, ...]:
    """A reason for each limit that leaves nothing, in the order in which they are written."""
    return tuple(
        reason
        for limit in promotion.all_limits
        for reason in _reached(promotion, limit, usage, subjects, moment)
    )


def tight_limits(
    promotion: Promotion, usage: Usage, subjects: Subjects, moment: datetime, wanted_fen: int
) -> tuple[Reason, ...]:
    """A reason for each money limit that leaves less than `wanted_fen`."""
    return tuple(
        _money_reason(promotion, limit, used.fen, moment)
        for limit in promotion.all_limits
        if limit.max_fen is not None
        and limit.max_fen - (used := usage.used(promotion, limit, subjects, moment)).fen
        < wanted_fen
    )


def _reached(
    promotion: Promotion, limit: Limit, usage: Usage, subjects: Subjects, moment: datetime
) -> Iterator[Reason]:
    if usage.unknown(limit):
        yield Reason(code=_code(limit))
        return
    used = usage.used(promotion, limit, subjects, moment)
    if limit.max_uses is not None and used.uses >= limit.max_uses:
        yield Reason(
            code=_code(limit),
            gap_count=used.uses - limit.max_uses + 1,
            limit=limit.max_uses,
            used=used.uses,
            resets_at=resets_at(promotion, limit, moment),
        )
    if limit.max_fen is not None and used.fen >= limit.max_fen:
        yield _money_reason(promotion, limit, used.fen, moment)


def _money_reason(promotion: Promotion, limit: Limit, used_fen: int, moment: datetime) -> Reason:
    return Reason(
        code=_code(limit),
        limit_fen=limit.max_fen,
        used_fen=used_fen,
        resets_at=resets_at(promotion, limit, moment),
    )


def _code(limit: Limit) -> ReasonCode:
    """What is gone for all is a budget; what one viewer or one station has used up is a limit."""
    of_all = limit.per is LimitPer.TOTAL
    return ReasonCode.BUDGET_EXHAUSTED if of_all else ReasonCode.LIMIT_REACHED


def resets_at(promotion: Promotion, limit: Limit, moment: datetime) -> datetime | None:
    """When the limit's next period begins, in UTC; None: never, or the promotion has ended by
    then."""
    opens = limit.period.next_start(moment, promotion.validity.time_zone)
    ends_at = promotion.validity.ends_at
    return None if opens and ends_at and opens >= ends_at else opens
