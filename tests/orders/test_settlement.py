"""Settlement of a simulated month: every fen of every funder ties to orders and refunds."""

import csv
import random
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.cli.csv_files import as_text
from app.cli.settle import write_files
from app.domain.orders.ledger import Grant, Ledger, ledger_of
from app.domain.orders.settlement import Settlement
from app.domain.orders.status import OrderStatus
from app.domain.orders.terms import OrderTerms
from app.domain.shared.funder import Funder
from app.storage.funding import PostgresSettlementRepository
from tests.fakes.world import catalog_of, station
from tests.support import rows
from tests.support.orders import applied_term, order_terms
from tests.support.purchases import PRICES, Shop

ZONES = {1: "Asia/Shanghai", 2: "Asia/Urumqi", 3: "Asia/Shanghai"}
FIRST = datetime(2026, 11, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
DAYS = [FIRST.date() + timedelta(days=number) for number in range(-1, 33)]

Expected = Counter[tuple[date, int, Funder]]


@pytest.fixture
async def stations(engine: AsyncEngine) -> None:
    for number in (2, 3):
        await rows.put_station(engine, number, time_zone=ZONES[number])


def shared(chance: random.Random) -> dict[Funder, int]:
    platform = chance.randrange(0, 10_001)
    at_station = chance.randrange(0, 10_001 - platform)
    return {
        Funder.PLATFORM: platform,
        Funder.STATION: at_station,
        Funder.BRAND: 10_000 - platform - at_station,
    }


def random_terms(chance: random.Random) -> OrderTerms:
    """One to three offers with odd shares, at one of three stations, some with a fee."""
    amount = chance.randrange(2_000, 60_000)
    fee = chance.choice((0, 0, 137))
    offers = [
        applied_term(code, chance.randrange(1, amount // 4))
        for code in ("A", "B", "C")[: chance.randrange(0, 4)]
    ]
    grants = [
        Grant(code=o.code, coupon_id=None, by_line=(o.discount_fen,), shares_bp=shared(chance))
        for o in offers
    ]
    ledger: Ledger = ledger_of([amount], fee, grants)
    number = chance.choice((1, 2, 3))
    return order_terms(
        *offers,
        pump_amount_fen=amount,
        fee_fen=fee,
        ledger=ledger,
        payable_fen=ledger.paid_fen,
        station_id=number,
        station_code=f"test:{number}",
        time_zone=ZONES[number],
    )


async def month(shop: Shop, chance: random.Random, purchases: int) -> Counter[str]:
    """Purchases through thirty days; some never paid, some refunded in parts, some wholly, some
    with a refund that the provider rejects. What was paid, refunded and discounted, in fen."""
    told: Counter[str] = Counter()
    for _ in range(purchases):
        shop.moment = FIRST + timedelta(seconds=chance.randrange(29 * 86_400))
        terms = random_terms(chance)
        if chance.random() < 0.1:
            await shop.place(terms)
            continue
        order_id = await shop.buy(terms)
        told["paid"] += terms.payable_fen
        for _ in range(chance.choice((0, 0, 1, 2, 3))):
            order = await shop.order(order_id)
            if order.status is OrderStatus.REFUNDED:
                break
            shop.later(hours=chance.randrange(1, 60))
            left = terms.pump_amount_fen - order.refunded_lines[0]
            shop.pay.declines = chance.random() < 0.15
            await shop.refund(order_id, chance.choice((None, chance.randrange(1, left + 1))))
        shop.pay.declines = False
    told["returned"] = shop.pay.returned_fen
    return told


async def settled(engine: AsyncEngine) -> list[Settlement]:
    repository = PostgresSettlementRepository(engine)
    return [await repository.settlement(day) for day in DAYS]


@pytest.mark.usefixtures("stations")
async def test_a_month_ties_to_the_fen(shop: Shop, engine: AsyncEngine):
    shop.catalog = catalog_of([station(n, prices=PRICES) for n in (1, 2, 3)], [], 1)
    told = await month(shop, random.Random(11), purchases=120)
    days = await settled(engine)
    assert [day.differences() for day in days] == [()] * len(DAYS)
    stations = [row for day in days for row in day.stations]
    assert sum(row.paid_fen for row in stations) == told["paid"]
    assert sum(row.refunded_fen for row in stations) == told["returned"] > 0
    owed = sum(fen for day in days for fen in day.by_funder().values())
    found = await shop.rows(
        "SELECT sum(discount_fen) FILTER (WHERE paid_at IS NOT NULL) FROM fuel_order"
    )
    given_back = sum(row.returned_fen for row in stations)
    assert owed == found[0][0] - given_back > 0
    assert min(row.owed_fen for day in days for row in day.owed) < 0


@pytest.mark.usefixtures("stations")
async def test_each_funder_owes_what_its_parts_of_the_ledgers_come_to(
    shop: Shop, engine: AsyncEngine
):
    """Counted apart from the tables: from the frozen ledgers of paid orders alone."""
    shop.catalog = catalog_of([station(n, prices=PRICES) for n in (1, 2, 3)], [], 1)
    chance, expected = random.Random(5), Expected()
    for _ in range(30):
        shop.moment = FIRST + timedelta(seconds=chance.randrange(20 * 86_400))
        terms = random_terms(chance)
        await shop.buy(terms)
        day = shop.moment.astimezone(ZoneInfo(terms.time_zone)).date()
        for funder, fen in terms.ledger.borne_by().items():
            expected[day, terms.station_id, funder] += fen
    found = Expected()
    for day in await settled(engine):
        for row in day.owed:
            found[day.day, row.station.id, row.funder] += row.owed_fen
    assert +found == +expected


async def test_a_fen_that_does_not_tie_is_told(shop: Shop, engine: AsyncEngine):
    await shop.buy(order_terms(applied_term("A", 500)))
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE funding_entry SET fen = fen - 1"))
    settlement = await PostgresSettlementRepository(engine).settlement(date(2026, 4, 22))
    [difference] = settlement.differences()
    assert difference.station.code == "test:1"
    assert (difference.entries_discount_fen, difference.orders_discount_fen) == (499, 500)


async def test_a_day_is_the_stations_own(shop: Shop, engine: AsyncEngine):
    """23:59:59 and 0:00 in Shanghai are two days, though one in UTC."""
    repository = PostgresSettlementRepository(engine)
    for shop.moment in (FIRST - timedelta(seconds=1), FIRST):
        await shop.buy(order_terms(applied_term("A", 500)))
    for day in (date(2026, 10, 31), date(2026, 11, 1)):
        [owed] = (await repository.settlement(day)).owed
        assert (owed.orders, owed.owed_fen) == (1, 500)


async def test_the_files_open_in_a_spreadsheet(shop: Shop, engine: AsyncEngine, tmp_path: Path):
    order_id = await shop.buy(order_terms(applied_term("A", 512)))
    await shop.refund(order_id, 5_000)
    found = await PostgresSettlementRepository(engine).settlement(date(2026, 4, 22))
    owed, stations = write_files(found, tmp_path / "out")
    assert owed.read_bytes().startswith(b"\xef\xbb\xbf")
    with owed.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file))[1:] == [
            ["2026-04-22", "PLATFORM", "test:1", "站 1", "1", "512", "1", "128", "384", "3.84"]
        ]
    with stations.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file))[1:] == [
            [
                "2026-04-22",
                "test:1",
                "站 1",
                "1",
                "20000",
                "19488",
                "512",
                "1",
                "5000",
                "4872",
                "128",
            ]
        ]
    assert [path.name for path in (tmp_path / "out").iterdir() if path.suffix != ".csv"] == []


def test_a_name_is_never_a_formula():
    assert as_text("=1+1") == "'=1+1"
    assert as_text("站 1") == "站 1"
