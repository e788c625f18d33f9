"""What the provider tells, over real HTTP with real signatures: told well, often, late, out of
order, falsely, and of things that are not ours."""

from datetime import timedelta

import pytest

from app.domain.orders.payment import Payment
from app.domain.shared.payment import PaymentScene
from app.ports.payment_providers import ProviderState, RefundWanted
from app.resolvers.payment_money import sweep_payments
from app.resolvers.payments import PaymentStart, close_payments, start_payment
from app.resolvers.refusals import ErrorCode
from tests.payments.till import USER, Till
from tests.support.waiting import until


async def jobs(till: Till, name: str) -> list[tuple[object, ...]]:
    query = "SELECT args FROM procrastinate_jobs WHERE task_name = :name"
    return await till.rows(query, name=name)


async def test_a_paid_order_is_paid_once(till: Till):
    order = await till.place()
    payment = await till.ask(order)
    await till.pay_for(payment)
    await till.delivered()
    assert await till.status(order) == "PAID"
    assert await till.state(payment) == "PAID"
    assert await till.outcomes() == ["PAID"]
    assert await till.acts() == ["order.pay"]


async def test_a_notice_told_five_times_acts_once(till: Till):
    order = await till.place()
    payment = await till.ask(order)
    await till.pay_for(payment, notice={"copies": 5})
    await till.delivered()
    assert await till.outcomes() == ["PAID"]
    assert await till.acts() == ["order.pay"]
    assert len(await jobs(till, "orders.fulfil")) == 1


@pytest.mark.parametrize("forged", ["signature", "body", "serial", "stale"])
async def test_a_false_notice_is_not_believed(till: Till, forged: str):
    """It comes before the real one, of which only the false copy arrives here."""
    order = await till.place()
    payment = await till.ask(order)
    await till.pay_for(payment, notice={"forge": forged, "lose": 100})
    await till.delivered()
    assert await till.status(order) == "PLACED"
    assert await till.outcomes() == []


async def test_an_old_notice_is_refused_and_the_payment_found_by_asking(till: Till):
    order = await till.place()
    payment = await till.ask(order)
    till.clock.ahead = timedelta(minutes=6)
    await till.pay_for(payment, notice={})
    await till.delivered()
    assert await till.outcomes() == []
    await till.check(payment)
    assert await till.status(order) == "PAID"


async def test_a_lost_notice_is_made_good_by_the_sweep(till: Till):
    order = await till.place()
    payment = await till.ask(order)
    await till.pay_for(payment, notice={"lose": 100})
    await till.delivered()
    assert await sweep_payments(till.desk()) == 0, "a new payment is left alone"
    till.clock.ahead = timedelta(minutes=2)
    assert await sweep_payments(till.desk()) == 1
    assert await jobs(till, "payments.check") == [({"user_id": USER, "payment_id": payment.id},)]
    await till.check(payment)
    assert await till.status(order) == "PAID"
    assert await sweep_payments(till.desk()) == 0


async def test_another_amount_is_left_to_a_person(till: Till):
    order = await till.place()
    payment = await till.ask(order)
    await till.pay_for(payment, notice={"amount_fen": 1})
    await till.delivered()
    assert await till.status(order) == "PLACED"
    assert await till.state(payment) == "DISPUTED"
    assert await till.outcomes() == ["DISPUTED"]
    assert await till.acts() == ["payment.dispute"]


async def test_a_payment_nobody_has_is_kept_for_the_reconciliation(till: Till):
    order = await till.place()
    payment = await till.ask(order)
    async with till.engine.begin() as connection:
        await connection.exec_driver_sql("DELETE FROM payment")
    await till.pay_for(payment)
    await till.delivered()
    stray = await till.rows("SELECT number, amount_fen FROM stray_notice")
    assert stray == [(payment.number, 20_000)]
    assert await till.status(order) == "PLACED"


async def test_money_for_an_expired_order_goes_back_by_itself(till: Till):
    order = await till.place()
    payment = await till.ask(order)
    await set_status(till, "EXPIRED")
    await till.pay_for(payment)
    await till.delivered()
    assert await till.state(payment) == "RETURNING"
    await till.check(payment)
    await till.delivered()
    await returned(till, payment)
    assert await till.status(order) == "EXPIRED"
    assert await till.acts() == ["payment.return", "payment.returned"]
    refunds = (await till.control.get("/control/refunds")).json()["refunds"]
    assert [(r["out_refund_no"], r["amount"]["refund"]) for r in refunds] == [
        (payment.return_number, 20_000)
    ]


async def returned(till: Till, payment: Payment) -> None:
    async def checked() -> bool:
        await till.check(payment)
        return await till.state(payment) == "RETURNED"

    await until(checked)


async def set_status(till: Till, status: str) -> None:
    async with till.engine.begin() as connection:
        await connection.exec_driver_sql(
            f"UPDATE fuel_order SET status = '{status}', closed_at = now()"
        )


async def test_paid_twice_the_second_goes_back(till: Till):
    """The driver paid in the mini program and, before its notice came, in the app."""
    order = await till.place()
    first = await till.ask(order)
    second = await till.ask(order, PaymentScene.APP)
    await till.pay_for(first, notice={"hold": True})
    await till.pay_for(second)

    async def paid() -> bool:
        return await till.status(order) == "PAID"

    await until(paid)
    await till.control.post("/control/release")
    await till.delivered()
    assert await till.state(second) == "PAID"
    await till.check(first)
    await returned(till, first)
    assert await till.status(order) == "PAID"


async def test_money_for_a_given_up_payment_still_pays_its_order(till: Till):
    """The driver changed the scene and paid on the first sheet after all."""
    order = await till.place()
    first = await till.ask(order)
    second = await till.ask(order, PaymentScene.APP)
    assert await till.state(first) == "CLOSED"
    await till.pay_for(first)
    await till.delivered()
    assert await till.status(order) == "PAID"
    assert (await till.state(first), await till.state(second)) == ("PAID", "CLOSED")
    await till.check(second)
    assert (await till.pay.payment(second.number)).state is ProviderState.CLOSED


async def test_a_refunds_notice_before_the_payments(till: Till):
    """The payment's notice is late: its order was found paid by asking, and refunded since."""
    order = await till.place()
    payment = await till.ask(order)
    await till.pay_for(payment, notice={"hold": True})
    await till.check(payment)
    assert await till.status(order) == "PAID"
    await till.pay.refund(
        RefundWanted(
            refund_number="r-elsewhere",
            number=payment.number,
            amount_fen=5_000,
            total_fen=20_000,
            reason="by hand",
        )
    )

    async def told() -> bool:
        return bool(await till.outcomes())

    await until(told)
    await till.control.post("/control/release")
    await till.delivered()
    assert await till.outcomes() == ["IGNORED", "IGNORED"]
    assert await till.status(order) == "PAID"
    assert await till.acts() == ["order.pay"]


async def test_a_closed_payment_can_no_longer_be_paid(till: Till):
    order = await till.place()
    payment = await till.ask(order)
    async with till.desk().works.begin(USER) as work:
        await close_payments(work, order)
    assert len(await jobs(till, "payments.close")) == 1
    await till.check(payment)
    answer = await till.control.post(f"/control/payments/{payment.number}/pay", json={})
    assert answer.status_code == 409
    assert await till.rows("SELECT state, closed_there FROM payment") == [("CLOSED", True)]


@pytest.mark.parametrize("scene", PaymentScene)
async def test_each_scene_has_its_sheet(till: Till, scene: PaymentScene):
    payment = await till.ask(await till.place(), scene)
    assert payment.sheet is not None
    kinds = {PaymentScene.BROWSER: "REDIRECT", PaymentScene.APP: "APP"}
    assert payment.sheet.kind == kinds.get(scene, "JSAPI")
    assert all(payment.sheet.fields.values())
    if scene is PaymentScene.BROWSER:
        page = await till.control.get(payment.sheet.fields["url"])
        assert payment.number in page.text


async def test_starting_again_answers_the_open_payment(till: Till):
    order = await till.place()

    async def start(key: str, scene: PaymentScene) -> Payment:
        wanted = PaymentStart(order_id=order.id, scene=scene, idempotency_key=key)
        started = await start_payment(till.desk(), USER, wanted)
        assert started.payment is not None, started.refusals
        return started.payment

    first = await start("a", PaymentScene.MINI_PROGRAM)
    assert await start("a", PaymentScene.MINI_PROGRAM) == first
    assert await start("b", PaymentScene.MINI_PROGRAM) == first
    other = await start("c", PaymentScene.APP)
    assert other.number != first.number
    assert await till.state(first) == "CLOSED"


async def test_a_silent_provider_is_asked_again_under_the_same_key(till: Till):
    order = await till.place()
    await till.control.post("/control/answers", json=[{"path": "/v3/pay", "how": "lose"}])
    wanted = PaymentStart(order_id=order.id, scene=PaymentScene.MINI_PROGRAM, idempotency_key="k")
    failed = await start_payment(till.desk(), USER, wanted)
    assert failed.payment is None
    assert [refusal.code for refusal in failed.refusals] == [ErrorCode.PAYMENT_FAILED]
    again = await start_payment(till.desk(), USER, wanted)
    assert again.payment is not None
    listed = (await till.control.get("/control/payments")).json()["payments"]
    assert [p["out_trade_no"] for p in listed] == [again.payment.number]


async def test_an_order_that_is_paid_asks_for_no_money(till: Till):
    order = await till.place()
    await till.pay_for(await till.ask(order))
    await till.delivered()
    wanted = PaymentStart(order_id=order.id, scene=PaymentScene.MINI_PROGRAM, idempotency_key="k")
    refused = await start_payment(till.desk(), USER, wanted)
    assert [refusal.code for refusal in refused.refusals] == [ErrorCode.ORDER_STATE]
