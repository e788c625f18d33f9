"""The uses that an order at a price counts, once, when it is placed (design §2, Limits).

Frozen with the order: a release takes the same amounts off the same counters, so that a use goes
back to the period it was counted in.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.domain.checkout.quote import Earned, Price
from app.domain.checkout.rewards import rewards_of
from app.domain.orders.terms import UsageTerm
from app.domain.promotions.limits import Limit, LimitPer, LimitPeriod
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.usage import resets_at


def usage_terms(price: Price, rewards: Sequence[Earned] | None = None) -> tuple[UsageTerm, ...]:
    """One for each counter that a limit or budget of an applied offer or reward looks at: one use,
    and the money it costs. What had no effect is not applied and consumes nothing; points and
    coupons granted cost no money here. Limits on a device or person that is not known count
    nothing; those on the user count for whoever places a guest's quote.

    `rewards`: those of the price, where they are known already.
    """
    earned = rewards_of(price) if rewards is None else rewards
    used = [(offer.candidate.promotion, offer.discount_fen) for offer in price.applied]
    used += [(reward.promotion, reward.credit_fen or 0) for reward in earned]
    return tuple(term for promotion, fen in used for term in _terms(price, promotion, fen))


def _terms(price: Price, promotion: Promotion, fen: int) -> Iterator[UsageTerm]:
    """Limits that look at the same counter are one term with the lower bounds: it counts once."""
    terms: dict[tuple[LimitPer, LimitPeriod], UsageTerm] = {}
    subjects = price.purchase.subjects
    for limit in promotion.all_limits:
        subject, place = subjects.of(limit.per), (limit.per, limit.period)
        if subject is None and limit.per is not LimitPer.USER:
            continue
        known = terms.get(place)
        term = _term(price, promotion, limit, fen, subject)
        terms[place] = term if known is None else _tighter(known, term)
    yield from terms.values()


def _term(
    price: Price, promotion: Promotion, limit: Limit, fen: int, subject: str | None
) -> UsageTerm:
    moment = price.purchase.moment
    return UsageTerm(
        code=promotion.code,
        per=limit.per,
        period=limit.period,
        start=limit.period.start(moment, promotion.validity.time_zone),
        subject=subject,
        fen=fen,
        max_uses=limit.max_uses,
        max_fen=limit.max_fen,
        resets_at=resets_at(promotion, limit, moment),
    )


def _tighter(one: UsageTerm, other: UsageTerm) -> UsageTerm:
    def least(*bounds: int | None) -> int | None:
        return min((bound for bound in bounds if bound is not None), default=None)

    return replace(
        one,
        max_uses=least(one.max_uses, other.max_uses),
        max_fen=least(one.max_fen, other.max_fen),
    )
