"""What the golden cases explain is true: worked out again without the search that explained it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import combinations

import pytest

from app.domain.checkout.engine import payable_if_forced, price, quote
from app.domain.checkout.impossible import ChoiceImpossible
from app.domain.checkout.purchase import Purchase
from app.domain.checkout.quote import Quote, Unlock, UnlockKind
from app.domain.pricing.fill import AmountFill, Fill, LitresFill
from app.domain.promotions.benefits import PointsRedemption
from app.domain.promotions.candidate import Candidate
from app.domain.promotions.order import application_key
from app.domain.promotions.reason import Outcome, ReasonCode
from tests.golden.cases import GoldenCase, all_cases, purchase_of
from tests.oracle.power_set import clash
from tests.oracle.reading import apply, order_of

CASES = list(all_cases())
NEAREST_FIRST = (Outcome.BEATEN, Outcome.NOT_CHOSEN, Outcome.INELIGIBLE)


def answered() -> Iterator[tuple[GoldenCase, Purchase, Quote]]:
    for case in CASES:
        purchase = purchase_of(case.given)
        try:
            yield case, purchase, quote(purchase)
        except ChoiceImpossible:
            continue


ANSWERED = list(answered())
by_case = pytest.mark.parametrize(
    ("purchase", "answer"), [pytest.param(p, a, id=case.name) for case, p, a in ANSWERED]
)


@by_case
def test_payable_if_forced_is_the_least_of_all_legal_combinations_with_it(
    purchase: Purchase, answer: Quote
) -> None:
    able = _able(answer)
    for offer in answer.unapplied:
        right = least_with(purchase, able, offer.candidate) if offer.candidate in able else None
        assert payable_if_forced(purchase, offer.candidate) == right


@by_case
def test_the_payable_is_the_least_of_all_legal_combinations(
    purchase: Purchase, answer: Quote
) -> None:
    assert least_with(purchase, _able(answer), None) == answer.price.payable_fen


@by_case
def test_a_hint_holds_when_it_is_taken(purchase: Purchase, answer: Quote) -> None:
    for hint in answer.unlocks:
        if (then := _taken(purchase, hint)) is None:
            continue
        found = price(then)
        assert hint.candidate in [offer.candidate for offer in found.applied]
        assert found.payable_fen == hint.payable_then_fen
        assert found.unit_price_mill == hint.unit_price_then_mill
        added_fen = found.measure.pump_amount_fen - answer.price.measure.pump_amount_fen
        assert hint.saves_fen == answer.price.payable_fen + added_fen - found.payable_fen > 0


@by_case
def test_no_smaller_addition_would_do(purchase: Purchase, answer: Quote) -> None:
    for hint in answer.unlocks:
        if hint.kind is UnlockKind.BUY_MORE:
            less = quote(replace(purchase, fill=_added(purchase.fill, hint, short_by=1)))
            told = {o.candidate: o.outcome for o in less.unapplied if o.candidate == hint.candidate}
            assert set(told.values()) == {Outcome.INELIGIBLE}


@by_case
def test_what_is_nearest_to_applying_comes_first(purchase: Purchase, answer: Quote) -> None:
    ranks = [NEAREST_FIRST.index(offer.outcome) for offer in answer.unapplied]
    assert ranks == sorted(ranks)
    gaps = [
        offer.reasons[0].gap_fen
        for offer in answer.unapplied
        if [reason.code for reason in offer.reasons] == [ReasonCode.THRESHOLD_AMOUNT]
    ]
    assert gaps == sorted(gaps)


def least_with(
    purchase: Purchase, able: Sequence[Candidate], candidate: Candidate | None
) -> int | None:
    """The least payable over every legal combination under the viewer's choice, of the able, that
    holds `candidate` as well."""
    order, choice = order_of(purchase), purchase.choice
    pool = [c for c in able if c == candidate or not _removed(purchase, c)]
    pool.sort(key=application_key)
    found: list[int] = []
    for size in range(min(len(pool), purchase.max_offers) + 1):
        for members in combinations(pool, size):
            held = {c.coupon.id for c in members if c.coupon is not None}
            codes = {c.promotion.code for c in members}
            if candidate is not None and candidate not in members:
                continue
            if not ((choice.coupon_ids or frozenset()) <= held and choice.forced_codes <= codes):
                continue
            if any(clash(a.promotion, b.promotion) for a, b in combinations(members, 2)):
                continue
            outcome = apply(order, members)
            if outcome is not None:
                found.append(sum(outcome.lines) + order.fee)
    return min(found, default=None)


def _able(answer: Quote) -> list[Candidate]:
    """All that could apply by themselves: those applied, beaten, or merely not chosen."""
    able = [offer.candidate for offer in answer.price.applied]
    for offer in answer.unapplied:
        only_left_out = [reason.code for reason in offer.reasons] == [ReasonCode.NOT_CHOSEN]
        if offer.outcome is Outcome.BEATEN or only_left_out:
            able.append(offer.candidate)
    return able


def _removed(purchase: Purchase, candidate: Candidate) -> bool:
    choice, coupon = purchase.choice, candidate.coupon
    if isinstance(candidate.promotion.benefit, PointsRedemption) and not purchase.use_points:
        return True
    if coupon is not None and choice.coupon_ids is not None and coupon.id not in choice.coupon_ids:
        return True
    return candidate.promotion.code in choice.excluded_codes


def _taken(purchase: Purchase, hint: Unlock) -> Purchase | None:
    """The purchase with the hint's step taken; None for steps that change who buys."""
    match hint.kind:
        case UnlockKind.BUY_MORE:
            return replace(purchase, fill=_added(purchase.fill, hint))
        case UnlockKind.CHANGE_PAYMENT:
            return replace(purchase, payment_method=hint.payment_method)
        case UnlockKind.WAIT:
            assert isinstance(hint.waits_until, datetime)
            return replace(purchase, moment=hint.waits_until)
        case _:
            return None


def _added(fill: Fill, hint: Unlock, short_by: int = 0) -> Fill:
    if isinstance(fill, AmountFill):
        return AmountFill(fill.pump_amount_fen + (hint.add_fen or 0) - short_by)
    return LitresFill(fill.volume_ml + (hint.add_ml or 0) - short_by)
