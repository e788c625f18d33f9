"""The viewer's choice (design §2, Viewer's choice)."""

import pytest

from app.domain.checkout.engine import payable_if_forced, price
from app.domain.checkout.impossible import ChoiceFault, ChoiceImpossible
from app.domain.checkout.purchase import OfferChoice, Purchase
from app.domain.promotions.benefits import PointsRedemption
from app.domain.promotions.candidate import Candidate
from app.domain.promotions.conditions.threshold_amount import ThresholdAmount
from app.domain.promotions.promotion import CouponDelivery
from app.domain.promotions.reason import ReasonCode
from app.domain.promotions.terms import Lane
from app.domain.wallet.coupon import CouponStatus
from tests.domain.promotions.builders import batch, coupon, holder, promotion, purchase

HIGH = (ThresholdAmount(min_fen=99_999),)
OFFERS = (
    promotion("A", 500),
    promotion("B", 300),
    batch("C", 700),
    batch("D", 400),
    batch("HIGH", 900, conditions=HIGH),
    promotion("UNREACHED", 1, conditions=HIGH),
)
WALLET = holder(coupon(1, "C"), coupon(2, "D"), coupon(3, "HIGH"))


def choosing(**choice: object) -> Purchase:
    return purchase(OFFERS, shopper=WALLET, choice=OfferChoice(**choice))


def applied(asked: Purchase) -> list[str]:
    return [offer.candidate.promotion.code for offer in price(asked).applied]


def refusal(asked: Purchase) -> ChoiceImpossible:
    with pytest.raises(ChoiceImpossible) as caught:
        price(asked)
    return caught.value


def test_free_takes_the_best_and_forgoes_nothing() -> None:
    assert applied(choosing()) == ["A", "C"]
    assert price(choosing()).certificate.forgone_fen == 0


def test_a_list_of_coupons_is_exactly_those() -> None:
    assert applied(choosing(coupon_ids=frozenset({2}))) == ["A", "D"]
    assert applied(choosing(coupon_ids=frozenset())) == ["A"]


def test_forced_offers_are_in_and_excluded_ones_out() -> None:
    assert applied(choosing(forced_codes=frozenset({"B"}))) == ["B", "C"]
    assert applied(choosing(excluded_codes=frozenset({"A", "C"}))) == ["B", "D"]


def test_forcing_a_batch_takes_one_of_its_coupons() -> None:
    assert applied(choosing(forced_codes=frozenset({"D"}))) == ["A", "D"]


def test_forgone_is_what_the_choice_costs() -> None:
    chosen = price(choosing(coupon_ids=frozenset({2}), forced_codes=frozenset({"B"})))
    assert chosen.certificate.forgone_fen == (700 - 400) + (500 - 300)
    assert chosen.certificate.lower_bound_fen == chosen.payable_fen


def test_excluding_what_does_not_exist_changes_nothing() -> None:
    assert applied(choosing(excluded_codes=frozenset({"GONE"}))) == ["A", "C"]


def test_the_unknown_is_refused_by_name() -> None:
    unknown = refusal(choosing(coupon_ids=frozenset({99})))
    assert (unknown.fault, unknown.coupon_id) == (ChoiceFault.UNKNOWN_COUPON, 99)
    unknown = refusal(choosing(forced_codes=frozenset({"GONE"})))
    assert (unknown.fault, unknown.code) == (ChoiceFault.UNKNOWN_OFFER, "GONE")


def test_the_ineligible_is_refused_with_its_reasons() -> None:
    refused = refusal(choosing(coupon_ids=frozenset({3})))
    assert (refused.fault, refused.coupon_id, refused.code) == (ChoiceFault.INELIGIBLE, 3, "HIGH")
    assert [reason.code for reason in refused.reasons] == [ReasonCode.THRESHOLD_AMOUNT]
    refused = refusal(choosing(forced_codes=frozenset({"UNREACHED"})))
    assert (refused.fault, refused.code) == (ChoiceFault.INELIGIBLE, "UNREACHED")


def test_a_reserved_coupon_cannot_be_chosen() -> None:
    reserved = holder(coupon(1, "C", stored_status=CouponStatus.RESERVED))
    asked = purchase(OFFERS, shopper=reserved, choice=OfferChoice(coupon_ids=frozenset({1})))
    assert [reason.code for reason in refusal(asked).reasons] == [ReasonCode.COUPON_RESERVED]


@pytest.mark.parametrize("claimable", [True, False])
def test_a_batch_of_which_none_is_held_cannot_be_forced(claimable: bool) -> None:
    terms = batch("C", 700, delivery=CouponDelivery(claimable=claimable, valid_days_from_claim=7))
    refused = refusal(purchase([terms], choice=OfferChoice(forced_codes=frozenset({"C"}))))
    assert (refused.fault, refused.code) == (ChoiceFault.INELIGIBLE, "C")
    assert [reason.code for reason in refused.reasons] == [ReasonCode.NOT_CLAIMED]


def test_coupons_that_clash_make_no_combination() -> None:
    refused = refusal(choosing(coupon_ids=frozenset({1, 2})))
    assert refused.fault is ChoiceFault.NO_LEGAL_COMBINATION
    assert refused.coupon_id is None
    assert refusal(choosing(forced_codes=frozenset({"A", "B"}))).code is None


def test_a_choice_against_itself_is_refused() -> None:
    both = frozenset({"A"})
    refused = refusal(choosing(forced_codes=both, excluded_codes=both))
    assert (refused.fault, refused.code) == (ChoiceFault.NO_LEGAL_COMBINATION, "A")
    refused = refusal(choosing(coupon_ids=frozenset({1}), excluded_codes=frozenset({"C"})))
    assert (refused.fault, refused.coupon_id) == (ChoiceFault.NO_LEGAL_COMBINATION, 1)


def test_points_forced_against_the_setting_are_refused() -> None:
    points = promotion("P", PointsRedemption(points_per_step=1, fen_per_step=1), Lane.POINTS)
    choice = OfferChoice(forced_codes=frozenset({"P"}))
    asked = purchase([points], shopper=holder(points_available=50), choice=choice)
    assert refusal(asked).fault is ChoiceFault.NO_LEGAL_COMBINATION


def test_what_is_wanted_alone_is_found_at_any_node_budget() -> None:
    choice = OfferChoice(coupon_ids=frozenset({2}), forced_codes=frozenset({"B"}))
    asked = purchase(OFFERS, shopper=WALLET, choice=choice, node_budget=0)
    assert applied(asked) == ["B", "D"]


def test_more_offers_than_one_order_takes_make_no_combination() -> None:
    choice = OfferChoice(coupon_ids=frozenset({2}), forced_codes=frozenset({"B"}))
    refused = refusal(purchase(OFFERS, shopper=WALLET, choice=choice, max_offers=1))
    assert refused.fault is ChoiceFault.NO_LEGAL_COMBINATION


def test_a_forced_offer_that_the_others_leave_nothing_is_no_combination() -> None:
    offers = [promotion("A", 20_000, Lane.UNIT_PRICE), promotion("B", 100)]
    both = OfferChoice(forced_codes=frozenset({"A", "B"}))
    assert refusal(purchase(offers, choice=both)).fault is ChoiceFault.NO_LEGAL_COMBINATION


def test_what_would_be_paid_if_forced() -> None:
    asked = choosing()
    by_code = {offer.code: Candidate(offer) for offer in OFFERS[:2]}
    assert payable_if_forced(asked, by_code["B"]) == 20_000 - 300 - 700
    assert payable_if_forced(asked, by_code["A"]) == price(asked).payable_fen
    assert payable_if_forced(asked, Candidate(OFFERS[3], WALLET.coupons[1])) == 19_100
    assert payable_if_forced(asked, Candidate(OFFERS[4], WALLET.coupons[2])) is None
    assert payable_if_forced(asked, Candidate(promotion("STRANGER", 1))) is None


def test_forcing_keeps_what_the_viewer_asked_for() -> None:
    asked = choosing(coupon_ids=frozenset({2}))
    assert payable_if_forced(asked, Candidate(OFFERS[1])) == 20_000 - 300 - 400
    assert payable_if_forced(asked, Candidate(OFFERS[2], WALLET.coupons[0])) is None
