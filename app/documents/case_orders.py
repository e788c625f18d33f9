"""What becomes of a case's price once it is ordered: earned, counted, borne, refunded; in words."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.checkout.consumption import usage_terms
from app.domain.checkout.freezing import frozen_ledger
from app.domain.checkout.quote import Earned, Price
from app.domain.orders.ledger import Ledger, Part
from app.domain.orders.refund import Refund, refund_of_fuel, refund_of_rest


def rewards_in_words(earned: Sequence[Earned]) -> list[dict[str, Any]]:
    """The code, and what is earned by it."""
    return [_present(_reward_in_words(one)) for one in earned]


def _reward_in_words(one: Earned) -> dict[str, Any]:
    return {
        "code": one.promotion.code,
        "points": one.points,
        "credit_fen": one.credit_fen,
        "batch": one.batch and one.batch.code,
    }


def consumed_in_words(price: Price) -> list[dict[str, Any]]:
    """The counters that the order raises, in the order of offers and their limits; a guest's own
    are not known yet."""
    return [
        {
            "code": one.code,
            "per": one.per.value,
            "period": one.period.value,
            "fen": one.fen,
        }
        for one in usage_terms(price)
        if one.subject is not None
    ]


def ledger_in_words(price: Price) -> list[list[list[Any]]]:
    """By line, fuel first: [CODE or BATCH#id, funder, fen] of each part."""
    return [
        [[_name(part), part.funder.value, part.fen] for part in line.parts]
        for line in frozen_ledger(price).lines
    ]


def borne_in_words(price: Price, wanted: Mapping[str, Any]) -> dict[str, int]:
    """Fen by funder: those wanted, and all that bear something."""
    borne = frozen_ledger(price).borne_by()
    return {f.value: fen for f, fen in borne.items() if fen or f.value in wanted}


def refunds_in_words(price: Price, wanted: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The refunds that are asked for, one after the other, each with what is wanted of it."""
    ledger = frozen_ledger(price)
    refunded = [0 for _ in ledger.lines]
    shown: list[dict[str, Any]] = []
    for asked in wanted:
        done = _refund(ledger, refunded, asked)
        for number, line in enumerate(done.lines):
            refunded[number] += line.money_fen + sum(line.parts_fen)
        told = {
            "fuel_fen": asked.get("fuel_fen"),
            "rest": asked.get("rest"),
            "money_fen": done.money_fen,
            "fee_fen": done.fee_fen,
            "coupons_return": done.coupons_return,
            "parts_fen": [list(line.parts_fen) for line in done.lines],
        }
        shown.append({name: told[name] for name in asked})
    return shown


def _refund(ledger: Ledger, before: Sequence[int], asked: Mapping[str, Any]) -> Refund:
    if asked.get("rest"):
        return refund_of_rest(ledger, before)
    return refund_of_fuel(ledger, before, asked["fuel_fen"])


def _name(part: Part) -> str:
    return part.code if part.coupon_id is None else f"{part.code}#{part.coupon_id}"


def _present(words: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in words.items() if value is not None}
