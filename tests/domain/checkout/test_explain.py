"""Why the others do not apply (design §2, Explanation)."""

from datetime import timedelta

from app.domain.checkout.engine import quote
from app.domain.checkout.purchase import OfferChoice, Purchase
from app.domain.checkout.quote import UnappliedOffer
from app.domain.pricing.fill import AmountFill
from app.domain.promotions.benefits import PercentOff, PlatformPrice, PointsRedemption, TieredAmount
from app.domain.promotions.benefits.tiered_amount import AmountTier
from app.domain.promotions.conditions.brand import OfBrand
from app.domain.promotions.conditions.first_order import IsFirstOrder
from app.domain.promotions.conditions.threshold_amount import ThresholdAmount
from app.domain.promotions.conditions.threshold_litres import ThresholdLitres
from app.domain.promotions.promotion import CouponDelivery, Validity
from app.domain.promotions.reason import Outcome, ReasonCode
from app.domain.promotions.terms import Base, Lane, Percent, TierMode
from app.domain.wallet.coupon import CouponStatus
from tests.domain.promotions.builders import (
    GUEST,
    NOON,
    batch,
    coupon,
    holder,
    product,
    promotion,
    purchase,
)


def unapplied(asked: Purchase) -> dict[str, UnappliedOffer]:
    return {offer.candidate.promotion.code: offer for offer in quote(asked).unapplied}


def codes(offer: UnappliedOffer) -> list[ReasonCode]:
    return [reason.code for reason in offer.reasons]


def only_reason(asked: Purchase, code: str = "A") -> ReasonCode:
    (reason,) = unapplied(asked)[code].reasons
    return reason.code


def test_a_rival_loses_by_clash_and_names_the_winner() -> None:
    loser = unapplied(purchase([promotion("A", 500), promotion("B", 300)]))["B"]
    assert (loser.outcome, codes(loser)) == (Outcome.BEATEN, [ReasonCode.CLASH])
    assert [conflict.promotion.code for conflict in loser.conflicts] == ["A"]


def test_nothing_left_for_it_is_no_effect() -> None:
    offers = [promotion("A", 5_000), promotion("B", 300, Lane.PAYMENT)]
    asked = purchase(offers, product=product(floor_mill=6_000))
    late = unapplied(asked)["B"]
    assert (late.outcome, codes(late)) == (Outcome.BEATEN, [ReasonCode.NO_EFFECT])


def test_a_running_threshold_missed_in_the_combination_has_its_gap() -> None:
    needs = (ThresholdAmount(min_fen=19_800),)
    late = promotion("B", 300, Lane.PAYMENT, conditions=needs, threshold_base=Base.RUNNING)
    offer = unapplied(purchase([promotion("A", 500), late]))["B"]
    assert codes(offer) == [ReasonCode.RUNNING_THRESHOLD]
    assert offer.reasons[0].gap_fen == 300


def test_one_that_would_spoil_a_better_one_is_not_the_best() -> None:
    needs = (ThresholdAmount(min_fen=19_800),)
    big = promotion("B", 900, Lane.PAYMENT, conditions=needs, threshold_base=Base.RUNNING)
    asked = purchase([promotion("A", 500), big])
    assert only_reason(asked, "A") is ReasonCode.NOT_BEST


def test_one_that_changes_nothing_in_the_end_is_a_tie() -> None:
    asked = purchase(
        [promotion("A", 400, Lane.UNIT_PRICE), promotion("B", 20_000, Lane.PAYMENT)],
    )
    assert only_reason(asked, "A") is ReasonCode.TIE


def test_all_failing_conditions_with_their_gaps_never_only_the_first() -> None:
    conditions = (
        OfBrand(brands=frozenset({"shell"})),
        ThresholdAmount(min_fen=20_099),
        ThresholdLitres(min_ml=28_777),
        ThresholdLitres(min_ml=28_776),
    )
    offer = unapplied(purchase([promotion("A", 100, conditions=conditions)]))["A"]
    assert offer.outcome is Outcome.INELIGIBLE
    assert codes(offer) == [
        ReasonCode.BRAND,
        ReasonCode.THRESHOLD_AMOUNT,
        ReasonCode.THRESHOLD_LITRES,
    ]
    assert (offer.reasons[1].gap_fen, offer.reasons[2].gap_ml) == (99, 1)


def test_the_first_tier_is_a_threshold() -> None:
    tiers = (AmountTier(from_fen=30_000, off=Percent(off_bp=1_000)),)
    tiered = promotion("A", TieredAmount(mode=TierMode.WHOLE, tiers=tiers))
    (reason,) = unapplied(purchase([tiered]))["A"].reasons
    assert (reason.code, reason.gap_fen) == (ReasonCode.THRESHOLD_AMOUNT, 10_000)


def test_what_gives_nothing_alone_is_ineligible() -> None:
    no_gain = promotion("A", PlatformPrice(price_mill_per_litre=7_000))
    assert only_reason(purchase([no_gain])) is ReasonCode.ZERO_EFFECT
    at_floor = purchase([promotion("A", 100)], product=product(floor_mill=6_950))
    assert only_reason(at_floor) is ReasonCode.FLOOR_PRICE
    at_minimum = purchase([promotion("A", 100)], minimum_payable_fen=20_000)
    assert only_reason(at_minimum) is ReasonCode.ZERO_EFFECT
    tiny = promotion("A", PercentOff(off_bp=1), cap_fen=5)
    assert only_reason(purchase([tiny], fill=AmountFill(4_999))) is ReasonCode.ZERO_EFFECT


def test_points_short_says_how_many() -> None:
    points = promotion("A", PointsRedemption(points_per_step=100, fen_per_step=100), Lane.POINTS)
    asked = purchase([points], shopper=holder(points_available=60), use_points=True)
    (reason,) = unapplied(asked)["A"].reasons
    assert (reason.code, reason.gap_count) == (ReasonCode.POINTS_SHORT, 40)


def test_points_that_the_viewer_keeps_are_not_chosen() -> None:
    points = promotion("A", PointsRedemption(points_per_step=1, fen_per_step=1), Lane.POINTS)
    offer = unapplied(purchase([points], shopper=holder(points_available=60)))["A"]
    assert (offer.outcome, codes(offer)) == (Outcome.NOT_CHOSEN, [ReasonCode.NOT_CHOSEN])


def test_what_the_viewer_removed_is_not_chosen_and_tells_what_else_fails() -> None:
    high = promotion("A", 100, conditions=(ThresholdAmount(min_fen=99_999),))
    choice = OfferChoice(excluded_codes=frozenset({"A"}))
    offer = unapplied(purchase([high], choice=choice))["A"]
    assert offer.outcome is Outcome.NOT_CHOSEN
    assert codes(offer) == [ReasonCode.NOT_CHOSEN, ReasonCode.THRESHOLD_AMOUNT]


def test_own_states_bar_a_promotion() -> None:
    later = NOON + timedelta(hours=1)
    promotions = [
        promotion("PAUSED", 1, paused=True),
        promotion("LATER", 1, validity=Validity(starts_at=later)),
        promotion("ENDED", 1, validity=Validity(ends_at=NOON)),
        batch("CLAIM", 1),
    ]
    found = unapplied(purchase(promotions))
    assert codes(found["PAUSED"]) == [ReasonCode.PAUSED]
    assert codes(found["LATER"]) == [ReasonCode.NOT_STARTED]
    assert found["LATER"].reasons[0].available_from == later
    assert codes(found["ENDED"]) == [ReasonCode.ENDED]
    assert codes(found["CLAIM"]) == [ReasonCode.NOT_CLAIMED]


def test_own_states_bar_a_coupon_and_its_window_is_its_own() -> None:
    ended = batch("A", 1, validity=Validity(ends_at=NOON))
    wallet = (
        coupon(1, "A", valid_until=NOON),
        coupon(2, "A", stored_status=CouponStatus.RESERVED),
        coupon(3, "A", valid_from=NOON + timedelta(days=1)),
        coupon(4, "A"),
    )
    answer = quote(purchase([ended], shopper=holder(*wallet)))
    reasons = {o.candidate.coupon.id: codes(o) for o in answer.unapplied if o.candidate.coupon}
    assert reasons == {
        1: [ReasonCode.COUPON_EXPIRED],
        2: [ReasonCode.COUPON_RESERVED],
        3: [ReasonCode.NOT_STARTED],
    }
    assert [offer.candidate.coupon for offer in answer.price.applied] == [wallet[3]]


def test_a_batch_held_or_not_for_claiming_is_no_candidate_of_its_own() -> None:
    issued = batch("B", 1, delivery=CouponDelivery(claimable=False))
    answer = quote(purchase([batch("A", 1), issued], shopper=holder(coupon(1, "A"))))
    assert answer.unapplied == ()


def test_the_nearest_to_applying_comes_first() -> None:
    def needing(code: str, *conditions: object) -> object:
        return promotion(code, 100, conditions=conditions)

    offers = [
        promotion("WINNER", 500),
        promotion("BEATEN", 400),
        needing("BRAND", OfBrand(brands=frozenset({"shell"}))),
        needing("FAR", ThresholdAmount(min_fen=40_000)),
        needing("NEAR", ThresholdAmount(min_fen=21_000)),
        needing("NEARER", ThresholdLitres(min_ml=29_000)),
        needing("TWO", ThresholdAmount(min_fen=20_001), IsFirstOrder()),
        promotion("EXCLUDED", 1, Lane.PAYMENT),
    ]
    choice = OfferChoice(excluded_codes=frozenset({"EXCLUDED"}))
    answer = quote(purchase(offers, shopper=GUEST, choice=choice))
    order = [offer.candidate.promotion.code for offer in answer.unapplied]
    assert order == ["BEATEN", "EXCLUDED", "NEARER", "NEAR", "FAR", "TWO", "BRAND"]
