"""Fields of staff over PostgreSQL: what each role reads and does, and how far it reaches."""

from typing import Any

import pytest

from app.domain.identity.phone import Phone, PhoneProof, ProvenPhone, read_phone
from app.domain.identity.roles import Role
from app.domain.promotions.lifecycle import Act
from app.domain.shared.channel import Channel
from app.outside import Outside
from app.resolvers.desk import Desk
from app.resolvers.front_desk import Arrival
from app.resolvers.identifying import identified
from app.resolvers.staff_access import change_staff, disable_staff, reset_staff
from app.storage.engine import make_engine
from app.storage.promotions import PostgresPromotionStore
from tests.staff.conftest import Office
from tests.support.orders import applied_term, order_terms
from tests.support.promotions import amount_off
from tests.support.purchases import Shop

VERSIONS = "{ promotionVersions(first: 5) { code version state author title steps { act by } } }"
MOVE = """
mutation ($input: PromotionActInput!) { %s(input: $input) {
  version { code version state steps { act by note } } userErrors { code message path advice }
} }
"""
FULFIL = """
mutation ($number: String!) { fulfilOrder(input: {number: $number}) {
  order { number status stationName fuelGrade litres pumpAmount { fen } }
  userErrors { code path }
} }
"""
SETTLEMENT = """
query ($day: String!) { settlement(day: $day) {
  day ties owed { stationCode funder orders discount { fen } owed { fen } }
} }
"""
TRAIL = """
query ($filter: AuditFilter, $first: Int! = 20, $after: String) {
  auditTrail(filter: $filter, first: $first, after: $after) {
    edges { node { act actor actorKind subject after } } pageInfo { hasNextPage endCursor }
  }
}
"""
MEMBER = """
query ($phone: String!) { member(phone: $phone) {
  nicknameMasked phoneMasked memberTier latestOrders { number payable { fen } }
} }
"""
BUYER = 1_000_002
Bearer = dict[str, str]


def body(office: Office, bearer: Bearer, query: str, **variables: Any) -> Any:
    asked = {"query": query, "variables": variables}
    return office.http.post("/graphql", json=asked, headers=bearer).json()


def ask(office: Office, bearer: Bearer, query: str, **variables: Any) -> Any:
    """The answer of the one root field."""
    answer = body(office, bearer, query, **variables)
    assert "errors" not in answer, answer["errors"]
    return next(iter(answer["data"].values()))


def refused(office: Office, bearer: Bearer, query: str, **variables: Any) -> str:
    """The code of the refusal of the whole request, or of the one root field."""
    answer = body(office, bearer, query, **variables)
    assert not answer.get("data") or list(answer["data"].values()) == [None]
    (error,) = answer["errors"]
    return error["extensions"]["code"]


def staffed(office: Office, **roles: Role) -> dict[str, Bearer]:
    """An administrator appoints one of each; all have signed in."""
    office.appoint("root", Role.ADMINISTRATOR)
    return {name: office.bearer(name, office.appoint(name, role)) for name, role in roles.items()}


def bought(office: Office) -> list[str]:
    """Numbers of two paid orders of one member, at the first two stations."""

    async def buy(outside: Outside, desk: Desk) -> list[str]:
        engine = make_engine(office.settings.database_url, pool_size=1)
        try:
            shop = Shop(engine, user_id=BUYER, moment=office.moment)
            found = await shop.rows("SELECT id FROM station ORDER BY id LIMIT 2")
            offer = applied_term("A", 500)
            orders = [
                await shop.buy(order_terms(offer, station_id=station_id)) for (station_id,) in found
            ]
            return [(await shop.order(order_id)).number for order_id in orders]
        finally:
            await engine.dispose()

    return office.act(buy)


def first_stations(office: Office) -> list[int]:
    return [row[0] for row in office.rows("SELECT id FROM station ORDER BY id LIMIT 2")]


def test_a_promotion_goes_live_through_two_people(office: Office):
    who = staffed(office, 李明=Role.OPERATOR, 王芳=Role.REVIEWER)

    async def draft(outside: Outside, desk: Desk) -> None:
        store = PostgresPromotionStore(outside.engine)
        await store.draft([amount_off("LESS-2")], "李明")

    office.act(draft)
    given = {"code": "LESS-2", "version": 1}
    operator, reviewer = who["李明"], who["王芳"]
    assert ask(office, operator, VERSIONS)[0] | {"title": "", "steps": []} == {
        "code": "LESS-2",
        "version": 1,
        "state": "DRAFT",
        "author": "李明",
        "title": "",
        "steps": [],
    }
    moved = ask(office, operator, MOVE % "submitPromotion", input=given | {"note": "夏季"})
    assert moved["version"]["state"] == "SUBMITTED"
    assert moved["version"]["steps"][-1] == {"act": "SUBMIT", "by": "李明", "note": "夏季"}
    assert refused(office, operator, MOVE % "approvePromotion", input=given) == "FORBIDDEN"
    assert refused(office, reviewer, MOVE % "publishPromotion", input=given) == "FORBIDDEN"
    approved = ask(office, reviewer, MOVE % "approvePromotion", input=given)
    assert approved["version"]["state"] == "APPROVED"
    live = ask(office, operator, MOVE % "publishPromotion", input=given)
    assert live["version"]["state"] == "LIVE"
    paused = ask(office, operator, MOVE % "pausePromotion", input=given)
    assert paused["version"]["state"] == "PAUSED"


def test_who_wrote_a_version_does_not_approve_it_whatever_their_role(office: Office):
    reviewer = staffed(office, 王芳=Role.REVIEWER)["王芳"]

    async def draft(outside: Outside, desk: Desk) -> None:
        store = PostgresPromotionStore(outside.engine)
        await store.draft([amount_off("LESS-2")], "  王芳 ")
        await store.move([("LESS-2", 1)], Act.SUBMIT, "李明")

    office.act(draft)
    answer = ask(
        office, reviewer, MOVE % "approvePromotion", input={"code": "LESS-2", "version": 1}
    )
    assert answer["version"] is None
    assert [error["code"] for error in answer["userErrors"]] == ["FORBIDDEN"]
    unknown = ask(office, reviewer, MOVE % "approvePromotion", input={"code": "NO", "version": 1})
    assert [error["code"] for error in unknown["userErrors"]] == ["NOT_FOUND"]


def test_station_staff_fulfil_orders_of_their_station_alone(office: Office):
    office.appoint("root", Role.ADMINISTRATOR)
    first, _ = first_stations(office)
    bearer = office.bearer("赵强", office.appoint("赵强", Role.STATION_STAFF, at=(first,)))
    own, others = bought(office)
    done = ask(office, bearer, FULFIL, number=own)
    assert (done["order"]["number"], done["order"]["status"]) == (own, "FULFILLED")
    again = ask(office, bearer, FULFIL, number=own)
    assert [error["code"] for error in again["userErrors"]] == ["ORDER_STATE"]
    foreign, absent = (ask(office, bearer, FULFIL, number=n) for n in (others, "261123999999"))
    assert foreign == absent
    assert [error["code"] for error in foreign["userErrors"]] == ["NOT_FOUND"]
    assert office.rows("SELECT actor_kind, actor FROM audit_event WHERE act = 'order.fulfil'") == [
        ("STAFF", "赵强")
    ]


def test_partners_see_the_settlement_of_their_stations_alone(office: Office):
    office.appoint("root", Role.ADMINISTRATOR)
    first, second = first_stations(office)
    bought(office)
    finance = office.bearer("周敏", office.appoint("周敏", Role.PARTNER_FINANCE, at=(first,)))
    auditor = office.bearer("陈静", office.appoint("陈静", Role.AUDITOR))
    day = office.moment.date().isoformat()
    codes = {
        station_id: code
        for station_id, code in office.rows("SELECT id, code FROM station")
        if station_id in {first, second}
    }
    seen = ask(office, finance, SETTLEMENT, day=day)
    assert {row["stationCode"] for row in seen["owed"]} == {codes[first]}
    everything = ask(office, auditor, SETTLEMENT, day=day)
    assert {row["stationCode"] for row in everything["owed"]} >= set(codes.values())
    assert everything["ties"] is True
    assert refused(office, auditor, SETTLEMENT, day="yesterday") == "BAD_DAY"


def test_the_audit_trail_is_searched_page_by_page_and_searching_is_recorded(office: Office):
    auditor = staffed(office, 陈静=Role.AUDITOR)["陈静"]
    wanted = {"act": "staff."}
    page = ask(office, auditor, TRAIL, filter=wanted, first=2)
    acts = [edge["node"]["act"] for edge in page["edges"]]
    assert acts == ["staff.sign_in", "staff.add"]
    after = page["pageInfo"]["endCursor"]
    rest = ask(office, auditor, TRAIL, filter=wanted, first=2, after=after)
    assert [edge["node"]["act"] for edge in rest["edges"]] == ["staff.add"]
    assert rest["pageInfo"]["hasNextPage"] is False
    found = ask(office, auditor, TRAIL, filter={"actor": "陈静", "act": "audit.search"})
    assert len(found["edges"]) == 2
    assert found["edges"][0]["node"]["actorKind"] == "STAFF"


def test_support_sees_members_masked_and_each_look_is_recorded(office: Office):
    support = staffed(office, 孙丽=Role.SUPPORT)["孙丽"]

    async def bind(outside: Outside, desk: Desk) -> None:
        phone = read_phone("13812340001")
        assert isinstance(phone, Phone)
        arrival = Arrival(moment=desk.moment, channel=Channel.APP)
        async with desk.works.begin(None) as work:
            await identified(work, ProvenPhone(phone, PhoneProof.SMS), arrival)

    office.act(bind)
    seen = ask(office, support, MEMBER, phone="138 1234 0001")
    assert seen == {
        "nicknameMasked": seen["nicknameMasked"],
        "phoneMasked": "138****0001",
        "memberTier": "BASIC",
        "latestOrders": [],
    }
    assert ask(office, support, MEMBER, phone="13812340002") is None
    assert ask(office, support, MEMBER, phone="nobody") is None
    looked = office.rows(
        "SELECT user_id > 0, actor, after->>'phone' FROM audit_event"
        " WHERE act = 'member.look_up' ORDER BY id"
    )
    assert looked == [(True, "孙丽", "138****0001"), (False, "孙丽", "138****0002")]


@pytest.mark.parametrize("act", ["disabled", "other roles", "reset"])
def test_what_is_taken_away_is_gone_at_once(office: Office, act: str):
    bearer = staffed(office, 陈静=Role.AUDITOR)["陈静"]
    assert ask(office, bearer, TRAIL)["edges"]

    async def take(outside: Outside, desk: Desk) -> None:
        staff_desk = outside.staff_desk
        if act == "disabled":
            await disable_staff(desk, staff_desk, "陈静")
        elif act == "reset":
            await reset_staff(desk, staff_desk, "陈静")
        else:
            await change_staff(desk, staff_desk, "陈静", [Role.SUPPORT], [])

    office.act(take)
    assert refused(office, bearer, TRAIL) == "FORBIDDEN"


def test_staff_read_themselves_and_everyone_else_nothing(office: Office):
    office.appoint("root", Role.ADMINISTRATOR)
    first, _ = first_stations(office)
    bearer = office.bearer("赵强", office.appoint("赵强", Role.STATION_STAFF, at=(first,)))
    query = "{ staff { name roles permissions stationCodes } }"
    code = office.rows(f"SELECT code FROM station WHERE id = {first}")[0][0]
    assert ask(office, bearer, query) == {
        "name": "赵强",
        "roles": ["STATION_STAFF"],
        "permissions": ["ORDER_FULFIL"],
        "stationCodes": [code],
    }
    assert ask(office, {}, query) is None
    assert ask(office, bearer, "{ viewer { id } }") is None
