"""The nightly reconciliation: one job a day and provider; what does not tie is raised."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from app.domain.audit.record import Actor, ActorKind
from app.domain.shared.payment import PaymentMethod
from app.outside import Outside
from app.ports.payment_providers import BillLine
from app.settings import Settings
from app.storage.job_board import JobBoard
from app.storage.reconciliation import PostgresReconciliationRepository
from app.worker.reconciliation import BillDiffers, defer_yesterday, reconciliation_task

TEN_PAST = datetime(2031, 5, 2, 2, 30, tzinfo=UTC)
STRAY = BillLine(
    number="stray-1", refund_number=None, amount_fen=100, state="SUCCESS",
    at=datetime(2031, 5, 1, 3, tzinfo=UTC),
)  # fmt: skip


class Bill:
    """A provider of which only the bill is asked."""

    method = PaymentMethod.WECHAT_PAY

    def __init__(self, *lines: BillLine) -> None:
        self.lines = lines
        self.days: list[date] = []

    async def bill(self, day: date):
        self.days.append(day)
        for line in self.lines:
            yield line


@pytest.fixture
async def outside(seeded_copy_url, tmp_path):
    outside = Outside.of(Settings(database_url=seeded_copy_url, data_dir=tmp_path))
    async with outside.running():
        yield outside


def desk_with(outside: Outside, bill: Bill):
    actor = Actor(kind=ActorKind.SYSTEM, name="a-test")
    desk = outside.open_desk(TEN_PAST, outside.catalogs.current(), actor)
    return replace(desk, providers={bill.method: bill})


async def test_yesterday_in_beijing_is_deferred_once(outside: Outside):
    desk = desk_with(outside, Bill())
    await defer_yesterday(desk)
    await defer_yesterday(desk)
    [job] = await JobBoard(outside.engine).jobs(["todo"], 10)
    assert job.given == {"method": "WECHAT_PAY", "day": "2031-05-01"}


async def test_a_bill_that_ties_is_done_and_one_that_does_not_is_raised(outside: Outside):
    task = reconciliation_task(PostgresReconciliationRepository(outside.engine))
    tied = Bill()
    await task.act(desk_with(outside, tied), method="WECHAT_PAY", day="2031-05-01")
    assert tied.days == [date(2031, 5, 1)]
    with pytest.raises(BillDiffers, match="WECHAT_PAY 2031-05-01: 1"):
        await task.act(desk_with(outside, Bill(STRAY)), method="WECHAT_PAY", day="2031-05-01")
