"""Everyone who may ask, and two members who own one of everything."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.identity.permissions import NEVER_SERVICES, Permission
from app.domain.identity.principal import Principal, PrincipalKind, member
from app.domain.identity.roles import Role
from app.domain.identity.staff import Staff
from app.domain.loyalty.unit import Unit
from app.ports.applications import ServiceAccount
from app.ports.staff import StaffSecrets
from app.resolvers.invoices import InvoiceAsked, request_invoice
from app.resolvers.keys import CouponKey, EntryKey, NodeKey, OrderKey, ViewerKey
from app.resolvers.referrals import bind, make_code
from app.schema import ids
from app.storage.engine import make_engine
from app.storage.work import PostgresWork, PostgresWorks
from tests.support import rows
from tests.support.orders import applied_term, order_terms
from tests.support.purchases import Shop
from tests.support.seeded import MOMENT

ABSENT = 999_999_999


@dataclass(frozen=True)
class Owner:
    """A member, and the key of one object of theirs of each kind."""

    name: str
    user_id: int
    keys: Mapping[str, NodeKey]

    @property
    def ids(self) -> dict[str, str]:
        return {kind: ids.encode(key) for kind, key in self.keys.items()}

    @property
    def absent_ids(self) -> dict[str, str]:
        """The same kinds, of what does not exist."""
        absent: Mapping[str, NodeKey] = {
            "Order": OrderKey(self.user_id, ABSENT),
            "Coupon": CouponKey(self.user_id, ABSENT),
            "StatementEntry": EntryKey(self.user_id, Unit.POINTS, ABSENT),
            "Viewer": ViewerKey(ABSENT),
        }
        return {kind: ids.encode(absent[kind]) for kind in self.keys}


async def askers(database_url: str, owners: tuple[Owner, ...]) -> dict[str, Principal | None]:
    """A guest, the owners, a person of each role of staff, and services: all of them are kept."""
    engine = make_engine(database_url, pool_size=1)
    try:
        async with PostgresWorks(engine).begin(None) as work:
            staff = {
                f"staff {role}": (await _appointed(work, role)).principal
                for role in Role
                if role is not Role.DRIVER
            }
            services = {
                "service without a scope": await _service(work, frozenset()),
                "service with every scope": await _service(
                    work, frozenset(Permission) - NEVER_SERVICES
                ),
            }
    finally:
        await engine.dispose()
    members = {owner.name: member(owner.user_id) for owner in owners}
    return {"guest": None, **members, **staff, **services}


async def _appointed(work: PostgresWork, role: Role) -> Staff:
    """Bound to no station: what is found there is no matter of this walk."""
    staff = Staff(id=0, name=role, roles=frozenset({role}), station_ids=frozenset(), generation=1)
    secrets = StaffSecrets(password_hash="none", totp_sealed=b"none")
    staff_id = await work.staff.add(staff, role.lower(), secrets, MOMENT)
    assert staff_id is not None
    return replace(staff, id=staff_id)


async def _service(work: PostgresWork, scopes: frozenset[Permission]) -> Principal:
    account = ServiceAccount(
        id=0,
        name=f"{len(scopes)} scopes",
        scopes=scopes,
        added_by="walk",
        added_at=MOMENT,
        secret_hash=bytes(32),
    )
    service_id = await work.applications.add_service(account)
    assert service_id is not None
    return Principal(kind=PrincipalKind.SERVICE, id=service_id, scopes=scopes)


async def two_owners(database_url: str) -> tuple[Owner, Owner]:
    """In the seeded database: two of its members, each with orders in several states, a refund, an
    invoice, coupons, points, fuel credit, favourites and a friend."""
    engine = make_engine(database_url, pool_size=2)
    try:
        first = await _owner(engine, "first owner", 1_000_002, friend=2_000_001)
        second = await _owner(engine, "second owner", 1_000_003, friend=2_000_002)
    finally:
        await engine.dispose()
    return first, second


async def _owner(engine: AsyncEngine, name: str, user_id: int, friend: int) -> Owner:
    shop = Shop(engine, user_id=user_id, moment=MOMENT - timedelta(days=2))
    station_id = (await shop.rows("SELECT min(id) FROM station"))[0][0]
    offer = applied_term("A", 500)
    returned = await shop.buy(order_terms(offer, station_id=station_id))
    await shop.refund(returned, 5_000)
    amount_fen = 20_000 + user_id % 1_000 * 1_000
    terms = order_terms(offer, station_id=station_id, pump_amount_fen=amount_fen)
    done = await shop.buy(terms)
    await shop.complete(done)
    asked = InvoiceAsked(
        order_id=returned,
        title=f"{name} 有限公司",
        tax_number="91310000MA1FL0001X",
        email=f"{user_id}@example.com",
        idempotency_key="invoice-1",
    )
    invoiced = await request_invoice(shop.desk(), user_id, asked)
    assert invoiced.invoice is not None, invoiced.refusals
    await _befriend(shop, friend)
    coupon_id = (await shop.rows(f"SELECT min(id) FROM coupon WHERE user_id = {user_id}"))[0][0]
    keys: Mapping[str, NodeKey] = {
        "Order": OrderKey(user_id, returned),
        "Coupon": CouponKey(user_id, coupon_id),
        "StatementEntry": EntryKey(user_id, Unit.POINTS, 1),
        "Viewer": ViewerKey(user_id),
    }
    return Owner(name, user_id, keys)


async def _befriend(shop: Shop, friend: int) -> None:
    """A member who is new comes by the owner's code."""
    await rows.put_member(shop.engine, friend, joined_at=shop.moment)
    code = await make_code(shop.desk(), shop.user_id)
    visitor = Shop(shop.engine, user_id=friend, moment=shop.moment)
    bound = await bind(visitor.desk(), friend, code, "bind-1")
    assert not isinstance(bound, tuple), bound


async def fingerprint(database_url: str, user_id: int) -> dict[str, str]:
    """All rows of a member, by table: a hash of each table's."""
    engine = make_engine(database_url, pool_size=1)
    owned = text(
        "SELECT table_name FROM information_schema.columns WHERE column_name = 'user_id'"
        " AND table_schema = 'public' ORDER BY table_name"
    )
    try:
        async with engine.connect() as connection:
            tables = list((await connection.execute(owned)).scalars())
            hashes: dict[str, str] = {}
            for table in tables:
                query = text(
                    f"SELECT md5(coalesce(string_agg(one::text, '|' ORDER BY one::text), ''))"
                    f" FROM (SELECT * FROM {table} WHERE user_id = :of) AS one"
                )
                hashes[table] = (await connection.execute(query, {"of": user_id})).scalar_one()
            return hashes
    finally:
        await engine.dispose()
