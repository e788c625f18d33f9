"""Next steps that hold: each is what pricing the changed purchase gives."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.checkout.engine import price, quote
from app.domain.checkout.fill_more import least_fill
from app.domain.checkout.minimum_payable import minimum_payable_fen
from app.domain.checkout.purchase import OfferChoice, Purchase
from app.domain.checkout.quote import Unlock, UnlockKind
from app.domain.pricing.bounds import LARGEST_PUMP_AMOUNT_FEN
from app.domain.pricing.fill import AmountFill, LitresFill, measure
from app.domain.profiles.member import MemberTier
from app.domain.promotions.benefits import TieredAmount
from app.domain.promotions.benefits.tiered_amount import AmountTier
from app.domain.promotions.conditions.brand import OfBrand
from app.domain.promotions.conditions.first_order import IsFirstOrder
from app.domain.promotions.conditions.member_tier import OfMemberTier
from app.domain.promotions.conditions.payment_method import ByPaymentMethod
from app.domain.promotions.conditions.schedule import Schedule, TimeWindow
from app.domain.promotions.conditions.threshold_amount import ThresholdAmount
from app.domain.promotions.conditions.threshold_litres import ThresholdLitres
from app.domain.promotions.limits import EVER_START, Limit, LimitPer, LimitPeriod
from app.domain.promotions.promotion import Validity
from app.domain.promotions.reason import Reason, ReasonCode
from app.domain.promotions.shopper import Shopper
from app.domain.promotions.terms import Amount, Lane, TierMode
from app.domain.promotions.usage import CounterKey, Usage, Used
from app.domain.shared.payment import PaymentMethod
from app.domain.stations.station import OpeningPeriod
from tests.domain.promotions.builders import (
    GUEST,
    NOON,
    batch,
    coupon,
    holder,
    promotion,
    purchase,
    station,
)

WALLET = frozenset({PaymentMethod.WECHAT_PAY})


def hints(asked: Purchase) -> list[tuple[UnlockKind, str, int]]:
    return [(h.kind, h.candidate.promotion.code, h.saves_fen) for h in quote(asked).unlocks]


def only_hint(asked: Purchase) -> Unlock:
    (hint,) = quote(asked).unlocks
    return hint


class TestBuyMore:
    def test_the_least_addition_in_fen(self) -> None:
        offer = promotion("A", 1_000, conditions=(ThresholdAmount(min_fen=20_199),))
        hint = only_hint(purchase([offer]))
        assert (hint.kind, hint.add_fen, hint.add_ml) == (UnlockKind.BUY_MORE, 199, None)
        assert (hint.payable_then_fen, hint.saves_fen) == (19_199, 1_000)

    def test_the_least_addition_in_litres_when_litres_were_given(self) -> None:
        offer = promotion("A", 1_000, conditions=(ThresholdAmount(min_fen=20_000),))
        hint = only_hint(purchase([offer], fill=LitresFill(28_000)))
        assert hint.add_ml == 777  # 28.776 litres are 199.99 yuan, 28.777 are 200.00
        assert hint.payable_then_fen == 19_000

    def test_every_gap_is_closed_at_once(self) -> None:
        needs = (ThresholdAmount(min_fen=20_100), ThresholdLitres(min_ml=30_000))
        hint = only_hint(purchase([promotion("A", 1_000, conditions=needs)]))
        assert hint.add_fen == 850

    def test_a_first_tier_is_within_reach_too(self) -> None:
        tiers = (AmountTier(from_fen=30_000, off=Amount(off_fen=3_000)),)
        tiered = promotion("A", TieredAmount(mode=TierMode.WHOLE, tiers=tiers))
        assert only_hint(purchase([tiered])).add_fen == 10_000

    def test_none_where_something_else_fails_too(self) -> None:
        needs = (ThresholdAmount(min_fen=20_100), OfBrand(brands=frozenset({"shell"})))
        assert hints(purchase([promotion("A", 1_000, conditions=needs)])) == []

    def test_none_where_a_better_offer_would_still_win(self) -> None:
        small = promotion("A", 100, conditions=(ThresholdAmount(min_fen=20_100),))
        assert hints(purchase([small, promotion("B", 500)])) == []


def test_a_guest_is_told_what_signing_in_brings_and_pays_without_it() -> None:
    first = promotion("A", 2_000, conditions=(IsFirstOrder(),))
    asked = purchase([first], shopper=GUEST)
    assert quote(asked).price.payable_fen == 20_000
    assert hints(asked) == [(UnlockKind.SIGN_IN, "A", 2_000)]


def test_a_guest_is_not_promised_what_a_new_member_lacks() -> None:
    gold = promotion("A", 2_000, conditions=(OfMemberTier(at_least=MemberTier.GOLD),))
    assert hints(purchase([gold], shopper=GUEST)) == []


def test_a_guest_signs_in_to_claim() -> None:
    asked = purchase([batch("A", 300)], shopper=GUEST)
    assert hints(asked) == [(UnlockKind.SIGN_IN, "A", 300)]


def test_claiming_is_worth_what_the_coupon_would_save() -> None:
    batches = [batch("A", 300), batch("B", 500), batch("C", 400)]
    asked = purchase(batches, shopper=holder(coupon(5, "A")))
    assert hints(asked) == [(UnlockKind.CLAIM, "B", 200), (UnlockKind.CLAIM, "C", 100)]


def test_under_a_list_of_coupons_claiming_changes_nothing() -> None:
    asked = purchase([batch("A", 300)], choice=OfferChoice(coupon_ids=frozenset()))
    assert hints(asked) == []


def test_another_payment_method_and_the_best_of_those_accepted() -> None:
    both = frozenset({PaymentMethod.ALIPAY, PaymentMethod.UNIONPAY})
    offers = [
        promotion("A", 300, conditions=(ByPaymentMethod(methods=both),)),
        promotion(
            "U",
            100,
            Lane.PAYMENT,
            conditions=(ByPaymentMethod(methods=frozenset({PaymentMethod.UNIONPAY})),),
        ),
    ]
    asked = purchase(offers, payment_method=PaymentMethod.WECHAT_PAY)
    assert hints(asked) == [
        (UnlockKind.CHANGE_PAYMENT, "A", 400),
        (UnlockKind.CHANGE_PAYMENT, "U", 400),
    ]
    methods = [hint.payment_method for hint in quote(asked).unlocks]
    assert methods == [PaymentMethod.UNIONPAY, PaymentMethod.UNIONPAY]


def test_waiting_is_hinted_within_a_day() -> None:
    evening = Schedule(windows=(TimeWindow(start="20:00", end="22:00"),))
    soon = promotion("A", 300, conditions=(evening,))
    assert hints(purchase([soon])) == [(UnlockKind.WAIT, "A", 300)]
    tomorrow = promotion("A", 300, validity=Validity(starts_at=NOON + timedelta(hours=24)))
    assert hints(purchase([tomorrow])) == [(UnlockKind.WAIT, "A", 300)]
    later = promotion("A", 300, validity=Validity(starts_at=NOON + timedelta(hours=25)))
    assert hints(purchase([later])) == []


def test_waiting_for_two_things_waits_for_the_later_one() -> None:
    evening = Schedule(windows=(TimeWindow(start="20:00", end="22:00"),))
    begins = Validity(starts_at=NOON + timedelta(hours=9))
    both = promotion("A", 300, conditions=(evening,), validity=begins)
    assert hints(purchase([both])) == [(UnlockKind.WAIT, "A", 300)]
    [hint] = quote(purchase([both])).unlocks
    assert hint.waits_until == NOON + timedelta(hours=9)
    assert hint.payment_method is None
    too_late = replace(both, validity=Validity(starts_at=NOON + timedelta(hours=11)))
    assert hints(purchase([too_late])) == []


def test_the_most_saved_comes_first() -> None:
    offers = [
        promotion("A", 300, Lane.UNIT_PRICE, conditions=(ThresholdAmount(min_fen=20_500),)),
        promotion("B", 900, Lane.ACTIVITY, conditions=(ThresholdAmount(min_fen=30_000),)),
        batch("C", 700),
    ]
    assert [saved for _, _, saved in hints(purchase(offers))] == [1_200, 700, 300]


@pytest.mark.parametrize("unit", [AmountFill, LitresFill])
@given(
    bought=st.integers(1, 40_000),
    price_mill=st.integers(1_000, 9_999),
    needs=st.tuples(st.integers(1, 40_000), st.integers(1, 60_000)),
)
def test_the_least_fill_closes_every_gap_and_no_smaller_one_does(
    unit: type[AmountFill | LitresFill], bought: int, price_mill: int, needs: tuple[int, int]
) -> None:
    least_fen, least_ml = needs
    now = measure(unit(bought), price_mill)

    def closed(fill: AmountFill | LitresFill) -> bool:
        then = measure(fill, price_mill)
        return then.pump_amount_fen >= least_fen and then.volume_ml >= least_ml

    gap_ml = -((now.volume_ml - least_ml) // 1)
    reasons = (
        Reason(code=ReasonCode.THRESHOLD_AMOUNT, gap_fen=max(0, least_fen - now.pump_amount_fen)),
        Reason(code=ReasonCode.THRESHOLD_LITRES, gap_ml=max(0, gap_ml)),
    )
    found = least_fill(unit(bought), now, reasons)
    size = found.pump_amount_fen if isinstance(found, AmountFill) else found.volume_ml
    assert closed(found)
    assert size >= bought
    assert size == bought or not closed(unit(size - 1))


def test_a_hint_is_what_the_bigger_fill_really_costs() -> None:
    offer = promotion("A", 777, conditions=(ThresholdLitres(min_ml=33_333),))
    asked = purchase([offer])
    hint = only_hint(asked)
    then = price(replace(asked, fill=AmountFill(20_000 + (hint.add_fen or 0))))
    assert (then.payable_fen, then.unit_price_mill) == (
        hint.payable_then_fen,
        hint.unit_price_then_mill,
    )


def test_what_the_other_method_can_collect_counts() -> None:
    free = promotion("A", 500, conditions=(ByPaymentMethod(methods=WALLET),))
    asked = purchase([free], fill=AmountFill(500), payment_method=PaymentMethod.STORED_VALUE)
    assert only_hint(asked).payable_then_fen == 1
    back = promotion(
        "A", 500, conditions=(ByPaymentMethod(methods=frozenset({PaymentMethod.STORED_VALUE})),)
    )
    asked = purchase(
        [back],
        fill=AmountFill(500),
        payment_method=PaymentMethod.ALIPAY,
        minimum_payable_fen=minimum_payable_fen(PaymentMethod.ALIPAY),
    )
    assert only_hint(asked).payable_then_fen == 0


def test_a_guest_takes_the_device_along() -> None:
    once = (Limit(per=LimitPer.DEVICE, max_uses=1),)
    offers = [
        promotion("A", 300, conditions=(IsFirstOrder(),), stacks_with=frozenset("B")),
        promotion("B", 500, stacks_with=frozenset("A"), limits=once),
    ]
    spent = CounterKey("B", LimitPer.DEVICE, "d", LimitPeriod.EVER, EVER_START)
    asked = purchase(offers, shopper=Shopper(device_id="d"), usage=Usage({spent: Used(1, 500)}))
    assert hints(asked) == [(UnlockKind.SIGN_IN, "A", 300)]


def test_no_more_is_asked_for_than_a_fill_may_be() -> None:
    def from_fen(least: int) -> Purchase:
        condition = ThresholdAmount(min_fen=least)
        return purchase([promotion("A", 300, conditions=(condition,))])

    assert hints(from_fen(LARGEST_PUMP_AMOUNT_FEN)) == [(UnlockKind.BUY_MORE, "A", 300)]
    assert hints(from_fen(LARGEST_PUMP_AMOUNT_FEN + 1)) == []


def test_nobody_waits_before_a_closed_station() -> None:
    evening = Schedule(windows=(TimeWindow(start="20:00", end="22:00"),))
    by_day = station(opening=(OpeningPeriod(6 * 60, 20 * 60),))
    late = station(opening=(OpeningPeriod(6 * 60, 20 * 60 + 1),))
    offers = [promotion("A", 300, conditions=(evening,))]
    assert hints(purchase(offers, station=by_day)) == []
    assert hints(purchase(offers, station=late)) == [(UnlockKind.WAIT, "A", 300)]
