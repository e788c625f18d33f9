"""Jobs of points and fuel credit: what cooled is released, what ended expires."""

from app.resolvers.desk import Desk
from app.resolvers.ledger_moves import settle_lots
from app.resolvers.once import repeated
from app.resolvers.sweeping import each_by_itself

MOST_SWEPT = 500
"""Members that one sweep takes on; what is left is the next one's."""


async def release_account(desk: Desk, user_id: int) -> None:
    """The job `accounts.release`: whatever is due in the member's two accounts, by what is stored;
    early, or a second time, it changes nothing."""

    async def done() -> None:
        async with desk.works.begin(user_id) as work:
            await settle_lots(work, user_id, desk.moment)

    await repeated(done)


async def sweep_accounts(desk: Desk) -> int:
    """The schedule `accounts.sweep`: members with something due, whatever became of their jobs,
    each in a transaction of their own. How many."""
    async with desk.works.begin(None) as work:
        members = await work.accounts.due(desk.moment, MOST_SWEPT)
    await each_by_itself(members, lambda user_id: release_account(desk, user_id))
    return len(members)
