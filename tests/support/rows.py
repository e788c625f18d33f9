"""Rows for tests of storage: each function inserts one thing with sensible values for the rest."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from app.documents.order_terms import dump_terms
from app.domain.loyalty.balance import Balance
from app.domain.loyalty.opening import opening
from app.domain.loyalty.rules import DEFAULT_LOYALTY_RULES
from app.domain.loyalty.unit import Unit
from app.domain.promotions.limits import EVER_START
from app.storage import catalog_version
from app.storage.accounts import PostgresAccountBook
from app.storage.tables import (
    BrandRow,
    CouponRow,
    FavouriteStationRow,
    FuelOrderRow,
    MemberPreferencesRow,
    MemberRow,
    PromotionCounterRow,
    PromotionUsageRow,
    PumpPriceRow,
    StationProductRow,
    StationRow,
    table_of,
)
from app.storage.tables.base import Row
from tests.support.orders import order_terms

NOON = datetime(2026, 4, 22, 12, tzinfo=UTC)


async def put(engine: AsyncEngine, row: type[Row], *several: Mapping[str, Any]) -> None:
    async with engine.begin() as connection:
        await connection.execute(insert(table_of(row)), [dict(one) for one in several])


async def put_station(engine: AsyncEngine, station_id: int, **others: Any) -> None:
    """A station of brand "b" (put first by `put_brand`) without products."""
    values = {
        "id": station_id,
        "code": f"test:{station_id}",
        "name": f"站 {station_id}",
        "brand_code": "b",
        "region_code": "110101",
        "address": "测试路 1 号",
        "latitude_e7": 399_000_000,
        "longitude_e7": 1_164_000_000,
        "time_zone": "Asia/Shanghai",
    }
    await put(engine, StationRow, values | others)


async def put_brand(engine: AsyncEngine, code: str = "b") -> None:
    await put(engine, BrandRow, {"code": code, "name_zh": f"品牌 {code}"})


async def put_product(
    engine: AsyncEngine, station_id: int, fuel_grade: str, *prices: tuple[datetime, int]
) -> None:
    product = {"station_id": station_id, "fuel_grade": fuel_grade, "nozzles": ["1"]}
    await put(engine, StationProductRow, product)
    for effective_from, price in prices:
        point = {
            "station_id": station_id,
            "fuel_grade": fuel_grade,
            "effective_from": effective_from,
            "price_mill_per_litre": price,
        }
        await put(engine, PumpPriceRow, point)


async def put_member(engine: AsyncEngine, user_id: int, **others: Any) -> None:
    await put(engine, MemberRow, {"user_id": user_id, "nickname": f"会员 {user_id}"} | others)


async def put_preferences(engine: AsyncEngine, user_id: int, **others: Any) -> None:
    await put(engine, MemberPreferencesRow, {"user_id": user_id} | others)


async def put_favourite(engine: AsyncEngine, user_id: int, station_id: int) -> None:
    await put(engine, FavouriteStationRow, {"user_id": user_id, "station_id": station_id})


async def put_coupon(engine: AsyncEngine, user_id: int, coupon_id: int, **others: Any) -> None:
    """Usable for ten days from NOON on."""
    values = {
        "user_id": user_id,
        "id": coupon_id,
        "batch_code": "batch",
        "status": "USABLE",
        "claimed_at": NOON,
        "valid_from": NOON,
        "valid_until": NOON + timedelta(days=10),
    }
    await put(engine, CouponRow, values | others)


async def put_points(engine: AsyncEngine, user_id: int, balance: Balance) -> None:
    """An account that opens at noon with a balance."""
    await put_credit(engine, user_id, balance, Unit.POINTS)


async def put_credit(
    engine: AsyncEngine, user_id: int, balance: Balance, unit: Unit = Unit.FUEL_CREDIT
) -> None:
    async with engine.begin() as connection:
        book = PostgresAccountBook(connection)
        for move in opening(unit, balance, NOON, DEFAULT_LOYALTY_RULES):
            await book.write(user_id, move)


async def put_stock(engine: AsyncEngine, batch_code: str, issued: int) -> None:
    """Coupons issued of a batch."""
    await put_counter(engine, batch_code, uses=issued)


async def put_usage(engine: AsyncEngine, user_id: int, code: str, **others: Any) -> None:
    """Used once, ever."""
    values = {"user_id": user_id, "code": code, "period": "EVER", "period_start": EVER_START}
    await put(engine, PromotionUsageRow, values | {"uses": 1} | others)


async def put_counter(engine: AsyncEngine, code: str, **others: Any) -> None:
    """Used once by anyone, ever."""
    values = {"code": code, "per": "TOTAL", "subject": "", "period": "EVER", "uses": 1}
    await put(engine, PromotionCounterRow, values | {"period_start": EVER_START} | others)


async def put_order(engine: AsyncEngine, user_id: int, days_ago: int, **others: Any) -> None:
    """A completed order of 200 yuan at station 1, `days_ago` days before NOON."""
    placed_at = NOON - timedelta(days=days_ago)
    paid_at = placed_at + timedelta(minutes=9)
    grade = others.get("fuel_grade", "GASOLINE_92")
    values = {
        "user_id": user_id,
        "station_id": 1,
        "fuel_grade": grade,
        "fuel_type": grade.split("_")[0],
        "pump_amount_fen": 20_000,
        "volume_ml": 24_000,
        "discount_fen": 0,
        "payable_fen": 20_000,
        "status": "COMPLETED",
        "payment_method": "WECHAT_PAY",
        "placed_at": placed_at,
        "quote_id": token_hex(8),
        "terms": json.loads(dump_terms(order_terms())),
        "pay_before": placed_at + timedelta(minutes=15),
        "paid_at": paid_at,
        "fulfilled_at": paid_at,
        "completed_at": paid_at,
        "refunded_lines": [0],
    }
    await put(engine, FuelOrderRow, values | others)


async def put_version(engine: AsyncEngine) -> int:
    """A newer catalog version, as an import would make it."""
    async with engine.begin() as connection:
        return await catalog_version.bump(connection)
