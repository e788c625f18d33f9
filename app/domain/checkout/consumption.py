"""The counters that an order at a price raises, once, when it is placed (design §2, Limits).

Frozen with the order: a release takes the same amounts off the same counters, so that a use goes
back to the period it was counted in.
"""

from dataclasses import dataclass

from app.domain.checkout.quote import Price
from app.domain.checkout.rewards import rewards_of
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.usage import CounterKey, Used, counter_key


@dataclass(frozen=True, slots=True)
class Consumption:
    """`used` is to be added to the counter."""

    counter: CounterKey
    used: Used


def consumption(price: Price) -> tuple[Consumption, ...]:
    """One for each counter that a limit or budget of an applied offer or reward looks at: one use,
    and the money it costs. What had no effect is not applied and consumes nothing; points and
    coupons granted cost no money here. Limits on a subject that is not known raise nothing."""
    used: dict[CounterKey, Used] = {}
    for offer in price.applied:
        _add(used, price, offer.candidate.promotion, offer.discount_fen)
    for earned in rewards_of(price):
        _add(used, price, earned.promotion, earned.credit_fen or 0)
    return tuple(Consumption(key, amount) for key, amount in used.items())


def _add(used: dict[CounterKey, Used], price: Price, promotion: Promotion, fen: int) -> None:
    purchase = price.purchase
    for limit in promotion.all_limits:
        key = counter_key(promotion, limit.per, limit.period, purchase.subjects, purchase.moment)
        if key is not None:
            used[key] = Used(1, fen)
