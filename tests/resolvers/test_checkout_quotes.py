"""The signed quote: who it is for, what it claims, and what happens without personal data."""

import pytest

from app.domain.profiles.member import Habits, MemberTier
from app.domain.promotions.benefits.amount_off import AmountOff
from app.domain.promotions.conditions.first_order import IsFirstOrder
from app.domain.promotions.conditions.member_tier import OfMemberTier
from app.domain.promotions.conditions.payment_method import ByPaymentMethod
from app.domain.promotions.terms import Lane
from app.domain.shared.payment import PaymentMethod
from tests.fakes.world import coupon
from tests.resolvers.previews import (
    PER_LITRE,
    POINTS,
    PREVIEW,
    QUOTE,
    asked,
    batch,
    codes,
    coupon_id,
    member,
    offer,
    preview,
    world_of,
)


async def test_a_quote_is_signed_only_when_its_token_is_asked_for():
    world = world_of(PER_LITRE)
    world.join(member())
    for fields, signed in (("", 0), ("token", 1)):
        context = world.request(user_id=1)
        result = await world.execute(QUOTE % fields, asked(), context=context)
        assert result.errors is None
        assert len(world.tokens.signed) == signed
        assert context.no_store is bool(signed)
        assert context.private
    assert result.data is not None
    quote = result.data["checkoutPreview"]["preview"]["quote"]
    claims = world.tokens.read(quote.pop("token"))
    assert quote == {
        "id": claims.quote_id,
        "issuedAt": "2026-04-22T04:00:00+00:00",
        "expiresAt": "2026-04-22T04:05:00+00:00",
        "ruleVersion": "1",
        "paymentMethod": None,
        "requiresSignIn": False,
    }


async def test_a_token_claims_the_price_and_all_it_depends_on():
    by_card = ByPaymentMethod(methods=frozenset({PaymentMethod.FUEL_CARD}))
    card = offer("card", AmountOff(off_fen=700), by_card, lane=Lane.PAYMENT)
    world = world_of(batch("ten", 1_000), POINTS, card, service_fee_fen=150)
    world.join(member(), coupons=[coupon(9, 1, "ten")], points=250)
    changes = {"usePoints": True, "paymentMethod": "FUEL_CARD", "nozzleNo": "2"}
    await world.ask(QUOTE % "token", asked(**changes), user_id=1)
    (claims,) = world.tokens.signed
    assert (claims.user_id, claims.terms.station_id, claims.terms.nozzle_no) == (1, 1, "2")
    assert (claims.terms.pump_amount_fen, claims.terms.fee_fen, claims.terms.payable_fen) == (
        20_000,
        150,
        18_250,
    )
    assert claims.terms.payment_method is PaymentMethod.FUEL_CARD
    members = [(m.code, m.coupon_id, m.discount_fen, m.points) for m in claims.terms.applied]
    assert members == [("ten", 9, 1_000, 0), ("points", None, 200, 200), ("card", None, 700, 0)]
    discount = sum(m.discount_fen for m in claims.terms.applied)
    assert (
        claims.terms.pump_amount_fen + claims.terms.fee_fen - discount == claims.terms.payable_fen
    )


async def test_a_guests_quote_asks_for_signing_in_and_has_no_new_user_reduction():
    world = world_of(offer("new", AmountOff(off_fen=1_500), IsFirstOrder()))
    data = await world.ask(QUOTE % "token", asked())
    assert data["checkoutPreview"]["preview"]["quote"]["requiresSignIn"] is True
    assert world.tokens.signed[0].terms.payable_fen == 20_000
    assert world.tokens.signed[0].user_id is None
    found = await preview(world)
    assert [step["kind"] for step in found["unlocks"]] == ["SIGN_IN"]
    assert found["unlocks"][0]["message"] == "登录可省 15 元"


async def test_when_personal_data_cannot_be_read_the_public_price_is_quoted():
    """An upper bound that anyone may order at; coupons cannot be chosen then."""
    gold = offer("gold", AmountOff(off_fen=900), OfMemberTier(at_least=MemberTier.GOLD))
    world = world_of(PER_LITRE, gold, batch("ten", 1_000))
    world.join(member(tier=MemberTier.GOLD), coupons=[coupon(1, 1, "ten")])
    world.go_down()
    found = await preview(world, user_id=1)
    assert found["payable"] == {"fen": 18_571}
    assert codes(found["warnings"]) == ["OFFERS_UNAVAILABLE"]
    await world.ask(QUOTE % "token", asked(), user_id=1)
    assert world.tokens.signed[0].user_id == 1
    chosen = asked(choice={"couponIds": [coupon_id(1)]})
    result = await world.execute(PREVIEW, chosen, user_id=1)
    assert result.data == {"checkoutPreview": None}
    assert len(result.errors or []) == 1


async def test_a_member_who_has_gone_is_quoted_as_a_guest():
    data = await world_of(PER_LITRE).ask(QUOTE % "", asked(), user_id=404)
    assert data["checkoutPreview"]["preview"]["quote"]["requiresSignIn"] is True


async def test_four_statements_make_a_preview():
    world = world_of(PER_LITRE, batch("ten", 1_000))
    world.join(
        member(), Habits(counted_orders=3), coupons=[coupon(n, 1, "ten") for n in range(1, 9)]
    )
    await preview(world, user_id=1)
    # Member, habits, coupons, points.
    assert world.statements == 4


@pytest.mark.parametrize(
    "field", ["notApplied(first: 0) { label }", "unlocks(first: 101) { kind }"]
)
async def test_lists_of_a_preview_are_bounded(field):
    document = (
        "query($input: CheckoutPreviewInput!) { checkoutPreview(input: $input) { preview {"
        + field
        + " } } }"
    )
    result = await world_of().execute(document, asked())
    assert [error.extensions for error in result.errors or []] == [{"code": "BAD_PAGE_SIZE"}]


@pytest.mark.parametrize(
    ("method", "payable_fen", "fixed"),
    [("STORED_VALUE", 0, "STORED_VALUE"), ("WECHAT_PAY", 1, None), (None, 1, None)],
)
async def test_what_only_some_methods_can_collect_fixes_the_method(method, payable_fen, fixed):
    """A quote of nothing, made for a balance, cannot be placed by a provider that takes a fen."""
    world = world_of(offer("all", AmountOff(off_fen=50_000)))
    wanted = {} if method is None else {"paymentMethod": method}
    assert (await preview(world, wanted))["payable"]["fen"] == payable_fen
    answer = await world.ask(QUOTE % "token", asked(**wanted))
    quoted = answer["checkoutPreview"]["preview"]["quote"]
    assert quoted["paymentMethod"] == fixed
    claims = world.tokens.read(quoted["token"])
    assert (claims.terms.payment_method, claims.terms.payable_fen) == (fixed, payable_fen)
