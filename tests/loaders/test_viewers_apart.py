"""One viewer's rows never reach another, however their requests interleave."""

import asyncio
import random
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.loyalty.balance import Balance
from app.domain.loyalty.unit import Unit
from app.loaders.viewer import ViewerLoaders
from app.loaders.viewer.build import ViewerSources, build_viewer_loaders
from app.loaders.viewer.own import NotTheViewer
from app.storage.balances import PostgresBalanceRepository
from app.storage.engine import make_engine
from app.storage.invoices import PostgresInvoiceRepository
from app.storage.members import PostgresMemberRepository
from app.storage.orders import PostgresOrderRepository
from app.storage.refunds import PostgresRefundRepository
from app.storage.usage import PostgresUsageRepository
from app.storage.wallets import PostgresWalletRepository
from tests.support import rows
from tests.support.rows import NOON

VIEWERS = (1, 2)
LOADERS = (
    "member",
    "habits",
    "favourites",
    "open_coupons",
    "coupon_counts",
    "coupon_by_id",
    "balances",
    "usage",
)


@pytest.fixture
async def two_viewers(engine: AsyncEngine) -> None:
    """All that is viewer 1's has a 1 in it, all that is viewer 2's a 2."""
    await rows.put_brand(engine)
    for user_id in VIEWERS:
        await rows.put_station(engine, user_id)
        await rows.put_member(engine, user_id, phone_masked=f"*{user_id}")
        await rows.put_favourite(engine, user_id, user_id)
        await rows.put_points(engine, user_id, Balance(available=user_id))
        await rows.put_usage(engine, user_id, "A", uses=user_id)
        await rows.put_order(engine, user_id, 1, pump_amount_fen=user_id * 1_000)
        for number in range(user_id):
            await rows.put_coupon(engine, user_id, user_id * 100 + number)


def loaders_of(engine: AsyncEngine, user_id: int) -> ViewerLoaders:
    return build_viewer_loaders(
        user_id,
        NOON,
        ViewerSources(
            members=PostgresMemberRepository(engine),
            wallets=PostgresWalletRepository(engine),
            balances=PostgresBalanceRepository(engine),
            orders=PostgresOrderRepository(engine),
            refunds=PostgresRefundRepository(engine),
            invoices=PostgresInvoiceRepository(engine, None),
            usage=PostgresUsageRepository(engine),
        ),
    )


async def seen_by(engine: AsyncEngine, user_id: int, seed: int) -> dict[str, Any]:
    """A request: every loader once, in an order and with pauses that the seed gives. Also asks
    for the other viewer's coupon under its own name."""
    chance = random.Random(seed)
    loaders = loaders_of(engine, user_id)
    keys = dict.fromkeys(LOADERS, user_id) | {"coupon_by_id": (user_id, user_id * 100)}

    async def one(name: str) -> tuple[str, Any]:
        for _ in range(chance.randrange(4)):
            await asyncio.sleep(0)
        if name == "other":
            other = 3 - user_id
            return name, await loaders.coupon_by_id.load((user_id, other * 100))
        return name, await getattr(loaders, name).load(keys[name])

    names = [*LOADERS, "other"]
    chance.shuffle(names)
    return dict(await asyncio.gather(*(one(name) for name in names)))


@pytest.mark.usefixtures("two_viewers")
async def test_interleaved_requests_see_their_own(engine: AsyncEngine, database_url: str):
    expected = {user_id: await seen_by(engine, user_id, seed=0) for user_id in VIEWERS}
    for user_id, seen in expected.items():
        assert seen["member"].user_id == user_id
        assert seen["favourites"] == {user_id}
        assert seen["balances"][Unit.POINTS].available == user_id
        assert [(key.subject, used.uses) for key, used in seen["usage"].items()] == [
            (str(user_id), user_id)
        ]
        assert [coupon.user_id for coupon in seen["open_coupons"]] == [user_id] * user_id
        assert set(seen["habits"].usual_pump_amount_fen.values()) == {user_id * 1_000}
        assert seen["coupon_by_id"].user_id == user_id
        assert seen["other"] is None
    # Few connections, so that requests hand them on to one another.
    narrow = make_engine(database_url, pool_size=2, max_overflow=0, pool_timeout_s=30)
    for round_ in range(40):
        who = [VIEWERS[(round_ + turn) % 2] for turn in range(6)]
        seen = await asyncio.gather(
            *(
                seen_by(narrow, user_id, seed=100 * round_ + turn)
                for turn, user_id in enumerate(who)
            )
        )
        assert seen == [expected[user_id] for user_id in who]
    await narrow.dispose()


@pytest.mark.usefixtures("two_viewers")
async def test_requests_cut_off_midway_leave_nothing_for_the_next(
    engine: AsyncEngine, database_url: str
):
    expected = {user_id: await seen_by(engine, user_id, seed=0) for user_id in VIEWERS}
    narrow = make_engine(database_url, pool_size=2, max_overflow=0, pool_timeout_s=30)
    chance = random.Random(7)
    for round_ in range(25):
        doomed = asyncio.create_task(seen_by(narrow, 1, seed=round_))
        for _ in range(chance.randrange(30)):
            await asyncio.sleep(0)
        doomed.cancel()
        assert await seen_by(narrow, 2, seed=round_) == expected[2]
        await asyncio.wait({doomed})
    await narrow.dispose()


@pytest.mark.parametrize("name", LOADERS)
async def test_a_loader_refuses_another_viewer(engine: AsyncEngine, name: str):
    loader = getattr(loaders_of(engine, 1), name)
    key = (2, 200) if name == "coupon_by_id" else 2
    with pytest.raises(NotTheViewer):
        await loader.load(key)
    with pytest.raises(NotTheViewer):
        await loader.load_many([key])
