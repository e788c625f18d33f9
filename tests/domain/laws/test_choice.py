"""Laws of the choice: the best is the best, whoever chooses, and its certificate is honest."""

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from app.domain.checkout.engine import payable_if_forced, price, quote
from app.domain.checkout.impossible import ChoiceImpossible
from app.domain.checkout.purchase import OfferChoice, Purchase
from app.domain.promotions.legality import rivals
from app.domain.promotions.reason import Outcome, ReasonCode
from tests.domain.laws.purchases import purchases, rngs
from tests.oracle.random_cases import random_choice, random_purchase, with_coupon

CONTEST = {
    ReasonCode.CLASH,
    ReasonCode.NO_EFFECT,
    ReasonCode.RUNNING_THRESHOLD,
    ReasonCode.NOT_BEST,
    ReasonCode.TIE,
}
"""Why a candidate that could apply was beaten (design §2, Explanation)."""


@given(rngs)
def test_every_candidate_is_in_exactly_one_of_applied_beaten_ineligible_not_chosen(
    rng: Random,
) -> None:
    """And what it says fits where it is."""
    asked = random_purchase(rng)
    asked = replace(asked, choice=random_choice(rng, asked))
    try:
        answer = quote(asked)
    except ChoiceImpossible:
        return
    named = [offer.candidate for offer in (*answer.price.applied, *answer.unapplied)]
    ids = [candidate.coupon.id for candidate in named if candidate.coupon is not None]
    codes = [c.promotion.code for c in named if c.coupon is None]
    assert sorted(ids) == sorted(coupon.id for coupon in asked.shopper.coupons)
    automatic = (p.code for p in asked.rules if p.delivery is None and not p.is_reward)
    assert sorted(codes) == sorted(automatic)
    for offer in answer.unapplied:
        told = {reason.code for reason in offer.reasons}
        assert told
        assert (ReasonCode.NOT_CHOSEN in told) is (offer.outcome is Outcome.NOT_CHOSEN)
        assert bool(told & CONTEST) is (offer.outcome is Outcome.BEATEN)
        assert bool(offer.conflicts) is (ReasonCode.CLASH in told)


@given(rngs)
def test_one_more_coupon_never_raises_the_payable(rng: Random) -> None:
    asked = random_purchase(rng)
    assert price(with_coupon(rng, asked)).payable_fen <= price(asked).payable_fen


@given(purchases)
def test_no_two_applied_offers_clash(asked: Purchase) -> None:
    members = [offer.candidate.promotion for offer in price(asked).applied]
    assert not any(rivals(members))
    assert len(members) <= asked.max_offers


@given(purchases)
def test_what_is_beaten_would_cost_no_less_if_forced(asked: Purchase) -> None:
    answer = quote(asked)
    for offer in answer.unapplied:
        forced = payable_if_forced(asked, offer.candidate)
        if offer.outcome is Outcome.INELIGIBLE:
            assert forced is None
        if offer.outcome is Outcome.BEATEN:
            assert forced is not None
            assert forced >= answer.price.payable_fen


@given(rngs)
def test_a_choice_of_ones_own_costs_exactly_what_it_forgoes(rng: Random) -> None:
    asked = random_purchase(rng)
    chosen = replace(asked, choice=random_choice(rng, asked))
    try:
        found = price(chosen)
    except ChoiceImpossible:
        return
    assert found.payable_fen - found.certificate.forgone_fen == price(asked).payable_fen
    taken = {offer.candidate.coupon.id for offer in found.applied if offer.candidate.coupon}
    if chosen.choice.coupon_ids is not None:
        assert taken == chosen.choice.coupon_ids


@given(purchases)
def test_choosing_the_best_by_hand_gives_the_best(asked: Purchase) -> None:
    free = price(asked)
    members = [offer.candidate for offer in free.applied]
    same = OfferChoice(
        coupon_ids=frozenset(c.coupon.id for c in members if c.coupon is not None),
        forced_codes=frozenset(c.promotion.code for c in members),
    )
    by_hand = price(replace(asked, choice=same))
    assert by_hand.applied == free.applied
    assert by_hand.certificate.forgone_fen == 0


@given(purchases, st.integers(0, 12))
def test_the_certificate_holds_at_any_node_budget(asked: Purchase, budget: int) -> None:
    best = price(asked)
    assert best.certificate.exact
    assert best.certificate.lower_bound_fen == best.payable_fen
    hasty = price(replace(asked, node_budget=budget))
    assert hasty.certificate.lower_bound_fen <= best.payable_fen <= hasty.payable_fen
    assert not hasty.certificate.exact or hasty.applied == best.applied
