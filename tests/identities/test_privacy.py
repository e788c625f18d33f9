"""Rights over one's own data: consents, a copy of everything, being forgotten; by the use cases."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.identity.privacy import COOLING_OFF, EXPORT_KEPT, LINK_LASTS
from app.domain.loyalty.balance import Balance
from app.resolvers.privacy import (
    cancel_erasure,
    erase,
    give_consent,
    make_export,
    own_privacy,
    request_erasure,
    request_export,
    sweep_privacy,
)
from app.resolvers.privacy_desk import PrivacyDesk
from app.security.export_links import PATH, ExportLinks
from app.storage.privacy import PostgresPrivacyRepository
from app.storage.privacy_rules import RULES, shown_as_bytes
from app.storage.tables import USER_OWNED, table_of
from tests.fakes.world import NOON
from tests.identities.pairs import live
from tests.identities.people import People, phone, wechat
from tests.support import rows
from tests.support.orders import order_terms
from tests.support.purchases import SEALER, Shop

MEMBER, OTHER = 1, 2


@dataclass
class Asking:
    """As much of a request as these use cases look at."""

    shop: Shop
    privacy: PrivacyDesk
    no_store: bool = False
    user_id: int | None = MEMBER

    @property
    def moment(self) -> Any:
        return self.shop.moment

    def viewer(self) -> Any:
        return None if self.user_id is None else Viewing(self.user_id)

    def desk(self) -> Any:
        return self.shop.desk()


@dataclass
class Viewing:
    user_id: int


@dataclass
class Rights:
    people: People
    shop: Shop
    asking: Any
    repository: PostgresPrivacyRepository
    links: ExportLinks = field(default_factory=lambda: ExportLinks(SEALER))

    async def own(self) -> Any:
        self.asking.no_store = False
        return await own_privacy(self.asking, self.asking.viewer())

    async def count(self, table: str, user_id: int = MEMBER) -> int:
        query = f"SELECT count(*) FROM {table} WHERE user_id = {user_id}"
        return (await self.people.rows(query))[0][0]

    async def copy(self) -> Mapping[str, Any]:
        """Asked for, made, and fetched by its link."""
        assert not (await request_export(self.asking, "export")).refusals
        ((export_id,),) = await self.people.rows("SELECT id FROM data_export")
        await make_export(self.shop.desk(), MEMBER, export_id)
        url = (await self.own()).export_url
        named = self.links.read(url.removeprefix(PATH + "/"), self.shop.moment)
        assert named is not None
        archive = await self.repository.archive(*named, self.shop.moment)
        assert archive is not None
        return json.loads(archive)


@pytest.fixture
async def rights(engine: AsyncEngine) -> Rights:
    await rows.put_brand(engine)
    await rows.put_station(engine, 1)
    await rows.put_station(engine, 2)
    for user_id in (MEMBER, OTHER):
        await rows.put_member(engine, user_id, joined_at=NOON - timedelta(days=9))
    async with engine.begin() as connection:  # these two were not drawn from it
        await connection.exec_driver_sql(
            "SELECT setval(pg_get_serial_sequence('member', 'user_id'), 100)"
        )
    shop = Shop(engine, user_id=MEMBER)
    repository = PostgresPrivacyRepository(engine, SEALER)
    links = ExportLinks(SEALER)
    desk = PrivacyDesk(repository=repository, policy_version="2", link=links.link)
    return Rights(People(engine, NOON), shop, Asking(shop, desk), repository)


def test_every_table_of_a_member_has_a_rule():
    assert set(RULES) == set(USER_OWNED)


def test_what_is_kept_says_why():
    assert [row.__name__ for row, rule in RULES.items() if rule.kept and not rule.why] == []


@pytest.mark.parametrize("row", RULES)
def test_a_copy_holds_nothing_sealed(row: Any):
    assert shown_as_bytes(row) == []


async def test_consents_are_kept_each_with_its_time(rights: Rights):
    first = rights.shop.moment
    for _ in range(2):
        assert not (await give_consent(rights.asking, "2")).refusals
        rights.shop.later(days=1)
    own = await rights.own()
    assert (own.standing.consent.policy_version, own.standing.consent.given_at) == ("2", first)
    newer = PrivacyDesk(repository=rights.repository, policy_version="3", link=rights.links.link)
    rights.asking.privacy = newer
    await give_consent(rights.asking, "3")
    history = await rights.people.rows("SELECT policy FROM consent ORDER BY given_at")
    assert history == [("2",), ("3",)]
    assert (await rights.people.acts()).count("privacy.consent") == 2


@pytest.mark.parametrize("version", ["1", "3", "", "2 "])
async def test_another_version_is_not_consented_to(rights: Rights, version: str):
    answer = await give_consent(rights.asking, version)
    assert [refusal.code for refusal in answer.refusals] == ["INVALID_INPUT"]
    assert await rights.count("consent") == 0


@pytest.mark.parametrize("act", [give_consent, request_export, request_erasure, cancel_erasure])
async def test_guests_are_to_sign_in(rights: Rights, act: Any):
    rights.asking.user_id = None
    answer = await act(rights.asking, "2")
    assert [refusal.code for refusal in answer.refusals] == ["SIGN_IN_REQUIRED"]


async def test_a_copy_has_everything_in_clear_and_nothing_of_others(
    rights: Rights, engine: AsyncEngine
):
    for user_id in (MEMBER, OTHER):
        await live(Shop(engine, user_id=user_id), engine, user_id)
    rights.shop.later(days=2)
    await rights.people.bind(MEMBER, phone(7))
    async with rights.people.works.begin(None) as work:
        await work.identities.keep(MEMBER, wechat("openid-of-one"), NOON)
        await work.identities.keep(OTHER, wechat("openid-of-other"), NOON)
    copy = await rights.copy()
    assert {table_of(row).name for row in USER_OWNED} <= set(copy)
    assert copy["phone"] == "+8613800000007"
    assert [each["subject"] for each in copy["identity"]] == ["openid-of-one"]
    assert [each["email"] for each in copy["invoice"]] == ["bill@example.com"]
    assert len(copy["fuel_order"]) == 1
    assert "openid-of-other" not in json.dumps(copy)


async def test_a_copy_lies_sealed_and_its_link_is_short_lived(rights: Rights):
    await rights.people.bind(MEMBER, phone(7))
    await rights.copy()
    ((archive,),) = await rights.people.rows("SELECT archive FROM data_export")
    assert b"13800000007" not in bytes(archive)
    url = (await rights.own()).export_url
    assert rights.asking.no_store
    word = url.removeprefix(PATH + "/")
    assert rights.links.read(word, rights.shop.moment + LINK_LASTS) is None
    assert rights.links.read(word[:-2] + "AA", rights.shop.moment) is None
    assert rights.links.read("", rights.shop.moment) is None


async def test_a_copy_of_another_does_not_open(rights: Rights):
    """Moved to another member's row by whoever can write to the table."""
    await rights.copy()
    async with rights.people.engine.begin() as connection:
        await connection.exec_driver_sql("UPDATE data_export SET user_id = 2")
    ((export_id,),) = await rights.people.rows("SELECT id FROM data_export")
    with pytest.raises(Exception, match="sealed for another place"):
        await rights.repository.archive(OTHER, export_id, rights.shop.moment)


async def test_a_copy_ends(rights: Rights):
    await rights.copy()
    rights.shop.later(seconds=EXPORT_KEPT.total_seconds())
    own = await rights.own()
    assert (own.export_state, own.export_url) == (None, None)
    assert await sweep_privacy(rights.shop.desk()) == 1
    assert await rights.count("data_export") == 0


async def test_one_copy_at_a_time_is_made(rights: Rights):
    for key in ("a", "a", "b"):
        own = (await request_export(rights.asking, key)).privacy
        assert own is not None
        assert own.export_state == "REQUESTED"
    assert await rights.count("data_export") == 1
    jobs = "SELECT args FROM procrastinate_jobs WHERE task_name = 'privacy.export'"
    ((given,),) = await rights.people.rows(jobs)
    for _ in range(2):
        await make_export(rights.shop.desk(), **given)
    assert (await rights.people.acts()).count("privacy.export") == 1


async def test_who_wishes_it_is_forgotten_after_a_time(rights: Rights, engine: AsyncEngine):
    order_id = await live(rights.shop, engine, MEMBER)
    await rights.people.bind(MEMBER, phone(7))
    before = {table_of(row).name: await rights.count(table_of(row).name) for row in USER_OWNED}
    money = await rights.people.rows("SELECT payable_fen, terms FROM fuel_order")
    answer = await request_erasure(rights.asking, "k")
    assert answer.privacy is not None
    assert answer.privacy.standing.erasure_at == rights.shop.moment + COOLING_OFF
    rights.shop.later(seconds=COOLING_OFF.total_seconds() - 1)
    await erase(rights.shop.desk(), MEMBER)
    assert await rights.count("favourite_station") == 1
    rights.shop.later(seconds=1)
    for _ in range(2):
        await erase(rights.shop.desk(), MEMBER)
    for row, rule in RULES.items():
        name = table_of(row).name
        kept = await rights.count(name)
        assert kept == 0 if not rule.kept else kept >= before[name], name
    assert await rights.people.rows("SELECT payable_fen, terms FROM fuel_order") == money
    person = "SELECT nickname, phone_masked, segments FROM member WHERE user_id = 1"
    assert await rights.people.rows(person) == [(None, None, [])]
    assert await rights.people.rows("SELECT 1 FROM member_phone") == []
    assert await rights.people.rows("SELECT email_sealed FROM invoice") == [(None,)]
    assert await rights.people.rows("SELECT DISTINCT device FROM audit_event") == [(None,)]
    assert (await rights.people.acts()).count("privacy.erase") == 1
    again = await rights.people.come(phone(7))
    assert again.new
    assert again.user_id != MEMBER
    assert order_id


async def test_a_wish_is_taken_back(rights: Rights):
    await request_erasure(rights.asking, "k1")
    rights.shop.later(days=1)
    answer = await cancel_erasure(rights.asking, "k2")
    assert answer.privacy is not None
    assert answer.privacy.standing.erasure_at is None
    rights.shop.later(days=30)
    await erase(rights.shop.desk(), MEMBER)
    assert await rights.people.rows("SELECT nickname FROM member WHERE user_id = 1") == [
        ("会员 1",)
    ]


async def test_the_first_wish_counts(rights: Rights):
    due = rights.shop.moment + COOLING_OFF
    for key in ("k1", "k2"):
        answer = await request_erasure(rights.asking, key)
        assert answer.privacy is not None
        assert answer.privacy.standing.erasure_at == due
        rights.shop.later(days=1)


async def test_what_is_under_way_is_ended_first_and_the_sweep_comes_again(
    rights: Rights, engine: AsyncEngine
):
    await rows.put_points(engine, MEMBER, Balance(available=100))
    await request_erasure(rights.asking, "k")
    rights.shop.later(seconds=COOLING_OFF.total_seconds())
    order_id = await rights.shop.buy(order_terms())
    await sweep_privacy(rights.shop.desk())
    assert await rights.people.rows("SELECT done_at FROM erasure") == [(None,)]
    await rights.shop.complete(order_id)
    await sweep_privacy(rights.shop.desk())
    ((done_at,),) = await rights.people.rows("SELECT done_at FROM erasure")
    assert done_at == rights.shop.moment


async def test_joining_takes_a_wish_back(rights: Rights):
    await request_erasure(rights.asking, "k")
    by_phone = await rights.people.come(phone(7))
    await rights.people.bind(MEMBER, phone(7))
    assert by_phone.user_id != MEMBER
    assert await rights.people.rows("SELECT 1 FROM erasure") == []
