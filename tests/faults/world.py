"""What the clients of a run shop with, and whether the town has come to rest."""

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from app.documents.referral import dump_rules
from app.domain.referral.rules import DEFAULT_REFERRAL_RULES
from tests.faults.http import Http
from tests.faults.town import CODES, PAY_WITHIN_S, Town

NEWCOMERS = 60
REFERRERS = 6
FIRST_NEWCOMER = 5_000_001
STATIONS = """query { stations(
  near: {latitude: 39.9, longitude: 116.4}, radiusMeters: 50000, sort: DISTANCE, first: 30) { edges { node { id
  products { fuelGrade } } } } }"""
OFFERS = "query { offers(first: 100) { edges { node { id title } } } }"
REFERRAL = "query { viewer { referral { code } } }"
SCARCE = "A scarce coupon of 6 yuan"


@dataclass
class World:
    """Stations' products and the scarce offer by global id, members by user id. `codes`: of
    coupons; each is good for one."""

    products: list[tuple[str, str]]
    members: list[int]
    newcomers: list[int]
    referral_codes: list[str]
    scarce_offer: str
    codes: list[str]


async def build_world(town: Town, http: Http) -> World:
    _publish_referral_rules(town)
    members = _members(town)
    newcomers = _add_newcomers(town)
    asker = _Asker(town, http)
    stations = (await asker.ask(members[0], STATIONS))["stations"]["edges"]
    products = [
        (edge["node"]["id"], product["fuelGrade"])
        for edge in stations
        for product in edge["node"]["products"]
    ]
    offers = (await asker.ask(members[0], OFFERS))["offers"]["edges"]
    scarce = next(o["node"]["id"] for o in offers if o["node"]["title"] == SCARCE)
    codes = [
        (await asker.ask(member, REFERRAL))["viewer"]["referral"]["code"]
        for member in members[:REFERRERS]
    ]
    return World(products, members, newcomers, codes, scarce, _coupon_codes(town))


@dataclass(frozen=True, slots=True)
class _Asker:
    town: Town
    http: Http

    async def ask(self, user_id: int, document: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.town.token(user_id)}", "Accept-Language": "en"}
        body = await self.http.post(self.town.ports[0], "/graphql", {"query": document}, headers)
        if body.get("errors"):
            raise RuntimeError(f"before any fault: {body['errors']}")
        return body["data"]


def _publish_referral_rules(town: Town) -> None:
    """Rewards at once, in place of after a week."""
    terms = replace(DEFAULT_REFERRAL_RULES.terms, cooling=timedelta(0), least_paid_fen=0)
    document = dump_rules(replace(DEFAULT_REFERRAL_RULES, terms=terms, cap=4))
    with town.connect() as connection:
        connection.execute(
            "INSERT INTO referral_rules (document, published_by, published_at) "
            "VALUES (%s, 'faults', now())",
            [Jsonb(document)],
        )


def _members(town: Town) -> list[int]:
    with town.connect() as connection:
        found = connection.execute("SELECT user_id FROM member ORDER BY user_id LIMIT 40")
        return [int(str(user_id)) for (user_id,) in found]


def _add_newcomers(town: Town) -> list[int]:
    """Members who joined just now and have never ordered."""
    ids = list(range(FIRST_NEWCOMER, FIRST_NEWCOMER + NEWCOMERS))
    with town.connect() as connection:
        connection.execute(
            "INSERT INTO member (user_id, nickname, generated) "
            "SELECT id, '新友' || id, true FROM unnest(%s::bigint[]) AS id",
            [ids],
        )
    return ids


def _coupon_codes(town: Town) -> list[str]:
    content = town.codes_file.read_text("utf-8-sig")
    found = re.findall(r"^[0-9A-Z][0-9A-Z-]{11,}", content, re.MULTILINE)
    if len(found) < CODES:
        raise RuntimeError(f"{town.codes_file} holds {len(found)} codes instead of {CODES}")
    return found


WAITING = {
    "orders": "SELECT count(*) FROM fuel_order WHERE status IN ('PLACED', 'PAID', 'REFUNDING')"
    " OR (status IN ('FULFILLED', 'PARTIALLY_REFUNDED') AND completed_at IS NULL)",
    "payments": "SELECT count(*) FROM payment WHERE state IN ('OPEN', 'RETURNING')",
    "refunds": "SELECT count(*) FROM order_refund WHERE status IN ('REQUESTED', 'PROCESSING')",
    "referrals": "SELECT count(*) FROM referral WHERE 'COOLING' IN (friend_state, referrer_state)"
    " OR 'REVERSING' IN (friend_state, referrer_state)",
    "jobs": "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
    " AND task_name !~ '(sweep|purge|rescue|expire_codes)' AND task_name <> 'accounts.release'",
}


NAMED = (
    "SELECT (args->>'user_id')::bigint, (args->>'order_id')::bigint FROM procrastinate_jobs "
    "WHERE task_name = 'orders.expire'"
)


async def watch_jobs(town: Town, seen: set[tuple[int, int]]) -> None:
    """Adds the orders that jobs name, again and again: done jobs are gone, and an order that never
    was would not be missed. A job of an unpaid order waits longer than this does."""
    while True:
        with suppress(psycopg.OperationalError):
            seen |= await asyncio.to_thread(_named, town)
        await asyncio.sleep(PAY_WITHIN_S / 4)


def _named(town: Town) -> set[tuple[int, int]]:
    with town.connect() as connection:
        return {(int(str(u)), int(str(o))) for u, o in connection.execute(NAMED)}


def still_waiting(town: Town) -> dict[str, int]:
    """How many of each have not come as far as they go by themselves; empty: all have."""
    with town.connect() as connection:
        found = {
            name: int(str((connection.execute(query).fetchone() or [0])[0]))
            for name, query in WAITING.items()
        }
    return {name: count for name, count in found.items() if count}
