"""The nightly reconciliation: yesterday's payments and refunds against the provider's bill. What
does not tie is a dead letter, for a person to look at: `youhui reconcile --date` lists it."""

from datetime import date, timedelta

from app.domain.shared.payment import PaymentMethod
from app.ports.jobs import Job
from app.ports.reconciliation import ReconciliationRepository
from app.resolvers.desk import Desk
from app.resolvers.reconcile import BILL_ZONE, reconcile
from app.worker.task import Sweep, Task

RECONCILE = "payments.reconcile"


class BillDiffers(Exception):
    """Money is somewhere else than our books say."""


async def defer_yesterday(desk: Desk) -> None:
    """A job for each provider bound here and the day before, which is repeated until the bill is
    there."""
    day = desk.moment.astimezone(BILL_ZONE).date() - timedelta(days=1)
    async with desk.works.begin(None) as work:
        for method in desk.providers:
            given = {"method": method.value, "day": day.isoformat()}
            await work.jobs.defer(Job(name=RECONCILE, given=given, key=f"{method.value}:{day}"))


def reconciliation_task(repository: ReconciliationRepository) -> Task:
    async def act(desk: Desk, method: str, day: str) -> None:
        """Raises `BillDiffers`; `PaymentUnavailable`, also before the bill is there."""
        provider = desk.providers.get(PaymentMethod(method))
        if provider is None:
            return
        found = await reconcile(provider, repository, date.fromisoformat(day))
        if found.differences:
            raise BillDiffers(f"{method} {day}: {len(found.differences)}")

    return Task(RECONCILE, act)


SWEEPS = (Sweep("payments.reconcile_nightly", defer_yesterday, cron="30 2 * * *"),)
"""At 10:30 in Beijing: the bill of a day is there from ten o'clock of the next."""
TASKS: tuple[Task, ...] = ()
