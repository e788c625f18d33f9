"""Payments that a provider refused to open, asked for again."""

from app.domain.orders.payment import PaymentState
from app.domain.shared.payment import PaymentScene
from app.resolvers.payments import PaymentStart, StartedPayment, start_payment
from app.resolvers.refusals import ErrorCode
from tests.support.orders import order_terms
from tests.support.purchases import Shop


async def start(
    shop: Shop, order_id: int, key: str, scene: PaymentScene = PaymentScene.APP
) -> StartedPayment:
    wanted = PaymentStart(order_id=order_id, scene=scene, idempotency_key=key)
    return await start_payment(shop.desk(), shop.user_id, wanted)


def codes(started: StartedPayment) -> list[ErrorCode]:
    return [refusal.code for refusal in started.refusals]


async def states(shop: Shop) -> list[str]:
    return [state for (state,) in await shop.rows("SELECT state FROM payment ORDER BY id")]


async def test_the_same_key_asks_anew_for_what_was_refused(shop: Shop):
    order_id = await shop.place(order_terms())
    shop.pay.refused_sheets = 2
    for _ in range(2):
        assert codes(await start(shop, order_id, "k")) == [ErrorCode.PAYMENT_FAILED]
    again = await start(shop, order_id, "k")
    assert again.refusals == ()
    assert again.payment is not None
    assert again.payment.state is PaymentState.OPEN
    assert await start(shop, order_id, "k") == again
    assert (await states(shop)).count("OPEN") == 1


async def test_a_late_repetition_closes_no_other_scene(shop: Shop):
    order_id = await shop.place(order_terms())
    await start(shop, order_id, "app")
    browser = await start(shop, order_id, "browser", PaymentScene.BROWSER)
    assert codes(await start(shop, order_id, "app")) == [ErrorCode.ORDER_STATE]
    assert await start(shop, order_id, "browser", PaymentScene.BROWSER) == browser


async def test_a_paid_order_asks_for_nothing(shop: Shop):
    order_id = await shop.place(order_terms())
    await start(shop, order_id, "k", PaymentScene.BROWSER)
    await shop.money_comes(order_id)
    assert codes(await start(shop, order_id, "k")) == [ErrorCode.IDEMPOTENCY_CONFLICT]
    paid = await start(shop, order_id, "k", PaymentScene.BROWSER)
    assert codes(paid) == [ErrorCode.ORDER_STATE]
    assert (await states(shop)).count("PAID") == 1
