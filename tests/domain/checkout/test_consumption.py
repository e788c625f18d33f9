"""The counters that an order raises, once, at placement."""

from dataclasses import replace
from datetime import date

from app.domain.checkout.consumption import usage_terms
from app.domain.checkout.engine import price
from app.domain.checkout.purchase import Purchase
from app.domain.checkout.quote import Price
from app.domain.promotions.benefits import Reward
from app.domain.promotions.limits import EVER_START, Limit, LimitPer, LimitPeriod
from app.domain.promotions.terms import Lane
from app.domain.promotions.usage import CounterKey, Usage, Used
from tests.domain.promotions.builders import GUEST, promotion, purchase

DAILY = Limit(per=LimitPer.USER, period=LimitPeriod.DAY, max_uses=1)
WEEKLY = Limit(per=LimitPer.STATION, period=LimitPeriod.WEEK, max_fen=900)
DEVICE = Limit(per=LimitPer.DEVICE, max_uses=1)
EVER = (LimitPeriod.EVER, EVER_START)

Counted = tuple[CounterKey, Used]


def counted(found: Price) -> list[Counted]:
    """What each term adds to which counter; those that name no subject yet left out."""
    return [
        (CounterKey(term.code, term.per, term.subject, term.period, term.start), Used(1, term.fen))
        for term in usage_terms(found)
        if term.subject is not None
    ]


MONDAY = date(2026, 5, 18)


def consumed(asked: Purchase) -> set[Counted]:
    found = counted(price(asked))
    assert len(found) == len(set(found))
    return set(found)


def test_each_limit_counts_one_use_and_its_money() -> None:
    offer = promotion("A", 500, limits=(DAILY, WEEKLY, DEVICE), budget_fen=9_000)
    assert consumed(purchase([offer])) == {
        (CounterKey("A", LimitPer.USER, "7", LimitPeriod.DAY, MONDAY), Used(1, 500)),
        (CounterKey("A", LimitPer.STATION, "test:1", LimitPeriod.WEEK, MONDAY), Used(1, 500)),
        (CounterKey("A", LimitPer.TOTAL, "", *EVER), Used(1, 500)),
    }


def test_a_guest_raises_no_counter_of_their_own() -> None:
    assert consumed(purchase([promotion("A", 500, limits=(DAILY,))], shopper=GUEST)) == set()


def test_a_guests_quote_counts_for_whoever_places_it() -> None:
    (term,) = usage_terms(price(purchase([promotion("A", 500, limits=(DAILY,))], shopper=GUEST)))
    assert (term.per, term.subject, term.max_uses) == (LimitPer.USER, None, 1)


def test_limits_on_one_counter_count_once_by_the_lower_bounds() -> None:
    twice = (DAILY, replace(DAILY, max_uses=3, max_fen=900))
    (term,) = usage_terms(price(purchase([promotion("A", 500, limits=twice)])))
    assert (term.max_uses, term.max_fen, term.fen) == (1, 900, 500)


def test_what_is_not_applied_consumes_nothing() -> None:
    """L03 of the acceptance cases: no effect, no use; the next order has the offer."""
    limited = promotion("A", 500, limits=(DAILY,))
    better = promotion("B", 900)
    assert consumed(purchase([limited, better])) == set()
    assert consumed(purchase([limited])) != set()


def test_rewards_consume_too() -> None:
    ever = Limit(per=LimitPer.USER, max_uses=3)
    reward = promotion("R", Reward(points_per_yuan=1), limits=(ever,))
    assert consumed(purchase([reward])) == {
        (CounterKey("R", LimitPer.USER, "7", *EVER), Used(1, 0))
    }


def test_orders_in_a_row_meet_the_limit() -> None:
    """What one order consumes, added up, is what the next one is judged by."""
    offer = promotion("A", 400, Lane.UNIT_PRICE, limits=(WEEKLY,), budget_fen=10_000)
    asked, taken = purchase([offer]), []
    for _ in range(4):
        found = price(asked)
        taken.append(found.discount_fen)
        counters = dict(asked.usage.counters)
        for counter, used in counted(found):
            uses, fen = counters.get(counter, Used())
            counters[counter] = Used(uses + used.uses, fen + used.fen)
        asked = replace(asked, usage=Usage(counters))
    assert taken == [400, 400, 100, 0]
