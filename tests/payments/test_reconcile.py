"""A day held against the provider's bill, fetched from the simulator."""

import asyncio
import csv
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.domain.orders.reconciliation import Reconciliation
from app.ports.payment_providers import RefundWanted
from app.resolvers.reconcile import reconcile
from app.storage.reconciliation import PostgresReconciliationRepository
from tests.payments.till import Till

Told = list[tuple[str, int | None, int | None]]


def today() -> date:
    return datetime.now(UTC).astimezone(ZoneInfo("Asia/Shanghai")).date()


async def found(till: Till, day: date | None = None) -> Reconciliation:
    repository = PostgresReconciliationRepository(till.engine)
    return await reconcile(till.pay, repository, day or today())


def told(reconciliation: Reconciliation) -> Told:
    return [(str(d.kind), d.ours_fen, d.theirs_fen) for d in reconciliation.differences]


async def change(till: Till, *statements: str) -> None:
    async with till.engine.begin() as connection:
        for statement in statements:
            await connection.exec_driver_sql(statement)


async def paid_orders(till: Till, amounts: Sequence[int]) -> None:
    for amount in amounts:
        await till.pay_for(await till.ask(await till.place(amount)))
    await till.delivered()


async def test_a_day_without_any_payment(till: Till):
    empty = await found(till, today() - timedelta(days=1))
    assert (empty.payments, empty.paid_fen, empty.differences) == (0, 0, ())


async def test_what_ties_has_no_differences(till: Till):
    await paid_orders(till, [20_000, 12_345])
    late = await till.ask(await till.place(7_001))
    await change(till, f"UPDATE fuel_order SET status = 'EXPIRED' WHERE id = {late.order_id}")
    await till.pay_for(late)
    await till.delivered()
    await till.check(late)
    day = await found(till)
    assert told(day) == []
    assert (day.payments, day.paid_fen) == (3, 39_346)
    assert (day.refunds, day.refunded_fen) == (1, 7_001)


async def test_each_kind_of_difference(till: Till):
    await paid_orders(till, [20_000])
    missed = await till.ask(await till.place(5_000))
    await till.pay_for(missed, notice={"lose": 100})
    await till.delivered()
    disputed = await till.ask(await till.place(6_000))
    await till.pay_for(disputed, notice={"amount_fen": 6})
    await till.delivered()
    assert told(await found(till)) == [("AMOUNT", 6, 6_000), ("STATE", 5_000, 5_000)]
    await till.check(missed)
    await change(
        till,
        f"DELETE FROM payment WHERE id = {disputed.id}",
        f"UPDATE payment SET number = number || 'x' WHERE id = {missed.id}",
    )
    assert sorted(told(await found(till))) == [
        ("MISSING_HERE", None, 5_000),
        ("MISSING_HERE", None, 6_000),
        ("MISSING_THERE", 5_000, None),
    ]


async def test_a_refund_that_nobody_here_asked_for(till: Till):
    order = await till.place()
    payment = await till.ask(order)
    await till.pay_for(payment)
    await till.delivered()
    await till.pay.refund(
        RefundWanted(
            refund_number="by-hand",
            number=payment.number,
            amount_fen=5_000,
            total_fen=20_000,
            reason="in the console",
        )
    )
    day = await found(till)
    assert [(d.kind, d.refund_number) for d in day.differences] == [("MISSING_HERE", "by-hand")]


async def test_an_order_that_does_not_know_it_is_paid(till: Till):
    await paid_orders(till, [20_000])
    await change(till, "UPDATE fuel_order SET status = 'EXPIRED'")
    assert told(await found(till)) == [("STATE", 20_000, 20_000)]


@pytest.mark.parametrize(("lost", "code"), [(0, 0), (1, 1)])
async def test_the_command(till: Till, data_dir: Path, tmp_path: Path, lost: int, code: int):
    await paid_orders(till, [20_000])
    for _ in range(lost):
        await till.pay_for(await till.ask(await till.place()), notice={"hold": True})
    program = "import sys; from app.cli import main; sys.argv[0] = 'youhui'; main()"
    asked = ["reconcile", "--date", today().isoformat(), "--out", str(tmp_path)]
    process = await _run([sys.executable, "-c", program, *asked], till, data_dir)
    assert process.returncode == code, process.stdout + process.stderr
    file = tmp_path / f"reconciliation-{today().isoformat()}.csv"
    with file.open(encoding="utf-8-sig") as lines:
        assert len(list(csv.reader(lines))) == 1 + lost


async def _run(
    arguments: Sequence[str], till: Till, data_dir: Path
) -> subprocess.CompletedProcess[str]:
    """Beside this loop, which serves the simulator."""
    environment = {
        **os.environ,
        "YOUHUI_DATABASE_URL": till.engine.url.render_as_string(hide_password=False),
        "YOUHUI_DATA_DIR": str(data_dir),
        "YOUHUI_WECHAT_PAY_BASE_URL": str(till.control.base_url),
    }
    return await asyncio.to_thread(
        subprocess.run, arguments, env=environment, capture_output=True, text=True, check=False
    )
