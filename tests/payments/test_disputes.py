"""Disputed payments settled by a person, with the provider's real answers."""

import pytest

from app.domain.audit.record import Actor, ActorKind
from app.domain.orders.disputes import DisputeEnd, DisputeFault, DisputeRefused
from app.domain.orders.payment import Payment
from app.domain.shared.payment import PaymentMethod
from app.resolvers.disputes import resolve_dispute
from app.resolvers.reconcile import reconcile
from app.storage.payment_register import PostgresPaymentRegister
from app.storage.reconciliation import PostgresReconciliationRepository
from tests.payments.test_notices import returned
from tests.payments.test_reconcile import today
from tests.payments.till import Till


async def disputed(till: Till) -> Payment:
    """A notice told of 1 fen where 200 yuan came."""
    payment = await till.ask(await till.place())
    await till.pay_for(payment, notice={"amount_fen": 1})
    await till.delivered()
    assert await till.state(payment) == "DISPUTED"
    return payment


async def resolve(till: Till, number: str, end: DisputeEnd, reference: str = "T-1") -> Payment:
    desk = till.desk(actor=Actor(kind=ActorKind.OPERATOR, name="王会计"))
    return await resolve_dispute(desk, number, end, reference)


async def fault(till: Till, number: str, end: DisputeEnd, reference: str = "T-1") -> DisputeFault:
    with pytest.raises(DisputeRefused) as refused:
        await resolve(till, number, end, reference)
    return refused.value.fault


async def differences(till: Till) -> list[str]:
    repository = PostgresReconciliationRepository(till.engine)
    return [str(one.kind) for one in (await reconcile(till.pay, repository, today())).differences]


async def test_all_that_really_came_goes_back_and_the_day_ties(till: Till):
    payment = await disputed(till)
    (listed,) = await PostgresPaymentRegister(till.engine).disputed(10)
    assert (listed.payment.number, listed.payment.paid_fen) == (payment.number, 1)
    assert await differences(till) == ["AMOUNT"]
    returning = await resolve(till, payment.number, DisputeEnd.RETURN)
    assert returning.paid_fen == 20_000
    await returned(till, payment)
    assert await PostgresPaymentRegister(till.engine).disputed(10) == []
    assert await differences(till) == []
    told = "SELECT act, actor, after->>'reference' FROM audit_event WHERE act = 'payment.resolve'"
    assert await till.rows(told) == [("payment.resolve", "王会计", "T-1")]


async def test_what_a_person_gave_back_is_in_no_bill(till: Till):
    payment = await disputed(till)
    assert (await resolve(till, payment.number, DisputeEnd.RETURNED)).paid_fen == 20_000
    assert await till.state(payment) == "RETURNED"
    assert (
        await till.rows("SELECT 1 FROM procrastinate_jobs WHERE task_name = 'payments.check'") == []
    )
    assert await differences(till) == []


async def test_only_what_is_disputed_once_and_with_a_reference(till: Till):
    payment = await disputed(till)
    unfit = await fault(till, payment.number, DisputeEnd.RETURNED, "张三 6222")
    assert unfit is DisputeFault.REFERENCE
    await resolve(till, payment.number, DisputeEnd.RETURNED)
    for end in DisputeEnd:
        assert await fault(till, payment.number, end) is DisputeFault.STATE


@pytest.mark.parametrize("number", ["x", "7-99-zz", "9999-1-1"])
async def test_a_number_of_no_payment(till: Till, number: str):
    for end in DisputeEnd:
        assert await fault(till, number, end) is DisputeFault.UNKNOWN


async def test_nothing_is_sent_back_that_never_came(till: Till):
    payment = await till.ask(await till.place())
    async with till.engine.begin() as connection:
        await connection.exec_driver_sql(
            "UPDATE payment SET state = 'DISPUTED', paid_at = now(), paid_fen = 1,"
            " transaction_no = 't'"
        )
    assert await fault(till, payment.number, DisputeEnd.RETURN) is DisputeFault.NO_MONEY
    desk = till.desk(providers=dict[PaymentMethod, object]())
    with pytest.raises(DisputeRefused):
        await resolve_dispute(desk, payment.number, DisputeEnd.RETURN, "T-1")
    assert await till.state(payment) == "DISPUTED"
