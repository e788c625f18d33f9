"""How many codes are sent: one a minute, few a day for a phone and for an address, whoever asks."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.identity.otp import MOST_A_DAY_PER_ADDRESS, MOST_A_DAY_PER_PHONE
from app.domain.identity.phone import Phone
from app.ports.sms import SmsUnavailable
from app.resolvers.identity_desk import IdentityDesk
from app.resolvers.purging import purge_sms_codes
from app.resolvers.refusals import Refusal
from app.resolvers.sms_codes import prove_sms, send_code
from app.storage.work import PostgresWorks
from tests.fakes.world import NOON
from tests.support.purchases import SEALER, Shop


@dataclass
class Gateway:
    sent: list[tuple[str, str]] = field(default_factory=list)
    fails: bool = False

    async def send_code(self, phone: Phone, code: str) -> None:
        if self.fails:
            raise SmsUnavailable("down")
        self.sent.append((phone.national, code))


@dataclass
class Asking:
    """As much of a request as these use cases look at."""

    identities: IdentityDesk
    moment: datetime = NOON
    client_address: str | None = "203.0.113.7"
    attempts: None = None
    user_id: None = None
    device: None = None


@pytest.fixture
def gateway() -> Gateway:
    return Gateway()


@pytest.fixture
def asking(engine: AsyncEngine, gateway: Gateway) -> Any:
    drawn = iter(range(10**6))
    works = PostgresWorks(engine, SEALER)
    desk = IdentityDesk(
        works=works, index=SEALER, draw=lambda most: next(drawn) % most, sms=gateway
    )
    return Asking(desk)


def number(n: int) -> str:
    return f"139{n:08d}"


async def refused_wait_s(asking: Any, phone: str) -> int | None:
    answer = await send_code(asking, phone)
    return answer.retry_after_s if isinstance(answer, Refusal) else None


async def test_a_phone_gets_few_a_day(asking: Any, gateway: Gateway):
    for _ in range(MOST_A_DAY_PER_PHONE):
        assert await refused_wait_s(asking, number(1)) is None
        asking.moment += timedelta(minutes=1)
    until_midnight = (NOON.replace(hour=0) + timedelta(days=1) - asking.moment).total_seconds()
    assert await refused_wait_s(asking, number(1)) == until_midnight
    assert len(gateway.sent) == MOST_A_DAY_PER_PHONE
    asking.moment += timedelta(days=1)
    assert await refused_wait_s(asking, number(1)) is None


async def test_an_address_gets_more_for_all_its_phones(asking: Any):
    for n in range(MOST_A_DAY_PER_ADDRESS):
        assert await refused_wait_s(asking, number(n)) is None
    assert await refused_wait_s(asking, number(999)) is not None
    asking.client_address = "203.0.113.8"
    assert await refused_wait_s(asking, number(999)) is None


async def test_what_was_not_sent_counts_and_is_good_for_nothing(asking: Any, gateway: Gateway):
    gateway.fails = True
    for _ in range(MOST_A_DAY_PER_PHONE):
        answer = await send_code(asking, number(1))
        assert isinstance(answer, Refusal)
        assert answer.code == "PROVIDER_UNAVAILABLE"
    assert isinstance(await prove_sms(asking, number(1), "000000"), Refusal)
    gateway.fails = False
    assert await refused_wait_s(asking, number(1)) is not None


async def test_the_last_code_alone_holds(asking: Any, gateway: Gateway):
    await send_code(asking, number(1))
    asking.moment += timedelta(minutes=1)
    await send_code(asking, number(1))
    (_, before), (_, last) = gateway.sent
    assert isinstance(await prove_sms(asking, number(1), before), Refusal)
    assert not isinstance(await prove_sms(asking, number(1), last), Refusal)


async def test_neither_phone_nor_code_nor_address_stands_in_the_tables(
    asking: Any, gateway: Gateway, engine: AsyncEngine
):
    await send_code(asking, number(1))
    ((_, code),) = gateway.sent
    async with engine.connect() as connection:
        found = [
            str(tuple(row))
            for table in ("sms_code", "sms_count", "audit_event")
            for row in await connection.exec_driver_sql(f"SELECT t::text FROM {table} t")
        ]
    written = "".join(found)
    assert found
    for secret in (number(1), "203.0.113.7", f"'{code}'"):
        assert secret not in written


async def test_what_is_over_is_forgotten(asking: Any, engine: AsyncEngine):
    await send_code(asking, number(1))
    shop = Shop(engine, moment=NOON + timedelta(days=1))
    assert await purge_sms_codes(shop.desk()) == 0
    shop.later(days=2)
    assert await purge_sms_codes(shop.desk()) == 3
