"""Two accounts become one, in PostgreSQL: what becomes of each table that is a member's.

Rows go over as copies and are then deleted: the column that says whose they are is the one that
tables are distributed by, and it never changes in a row (docs/adr/0081).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Table, delete, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.profiles.member import MemberTier
from app.ports.sealing import PersonalSeal
from app.storage import tables
from app.storage.identities import PostgresIdentityBook
from app.storage.joining_rules import Pair, Rule, adds, ends, moves, moves_caused
from app.storage.joining_special import (
    move_invoices,
    move_ledgers,
    move_referral,
    take_erasures_back,
    take_over_codes,
)
from app.storage.tables import table_of

MEMBER = table_of(tables.MemberRow)
JOINED = table_of(tables.JoinedAccountRow)
IDENTITY = table_of(tables.IdentityRow)
PHONE = table_of(tables.MemberPhoneRow)

RULES: Sequence[tuple[type[tables.Row], Rule]] = (
    (tables.FuelOrderRow, moves()),
    (tables.OrderRefundRow, moves()),
    (tables.InvoiceRow, move_invoices),
    (tables.FundingEntryRow, moves()),
    (tables.PaymentRow, moves()),
    (tables.PaymentNoticeRow, moves()),
    (tables.ReferralRow, move_referral),
    (tables.ReferrerRow, adds("rewarded")),
    (tables.CouponRow, moves_caused()),
    (tables.LoyaltyAccountRow, move_ledgers),
    (tables.PromotionUsageRow, adds("uses", "fen")),
    (tables.CodeMissRow, adds("misses")),
    (tables.FavouriteStationRow, moves(elders_stay=True)),
    (tables.MemberPreferencesRow, moves(elders_stay=True)),
    (tables.IdempotentRequestRow, moves(elders_stay=True)),
    (tables.AuditEventRow, moves()),
    (tables.MemberSessionRow, ends()),
    (tables.ConsentRow, moves(elders_stay=True)),
    (tables.DataExportRow, ends()),
    (tables.ErasureRow, take_erasures_back),
)
"""What is referred to comes before what refers to it. Entries, postings and lots go with their
account; the member's own row comes last."""

COVERED = frozenset(
    {
        *(row for row, _ in RULES),
        tables.LedgerEntryRow,
        tables.LedgerPostingRow,
        tables.LedgerLotRow,
        tables.MemberRow,
    }
)
"""Every table of `USER_OWNED` is here: nothing of a member's is forgotten when accounts join."""

JOBS = text("""
UPDATE procrastinate_jobs SET args = args
    || CASE WHEN args ->> 'user_id' = :younger THEN jsonb_build_object('user_id', CAST(:elder AS bigint))
       ELSE '{}' END
    || CASE WHEN args ->> 'friend_id' = :younger
       THEN jsonb_build_object('friend_id', CAST(:elder AS bigint)) ELSE '{}' END
WHERE status = 'todo' AND (args ->> 'user_id' = :younger OR args ->> 'friend_id' = :younger)
""")
MEMBERS = text("""
UPDATE member AS elder SET
    nickname = coalesce(elder.nickname, younger.nickname),
    tier = CASE WHEN array_position(CAST(:tiers AS text[]), younger.tier)
                   > array_position(CAST(:tiers AS text[]), elder.tier)
           THEN younger.tier ELSE elder.tier END,
    segments = ARRAY(SELECT DISTINCT unnest(elder.segments || younger.segments) ORDER BY 1)
FROM member AS younger WHERE elder.user_id = :elder AND younger.user_id = :younger
""")


class PostgresAccountJoining:
    """Implements `app.ports.identities.AccountJoining`."""

    def __init__(self, connection: AsyncConnection, seal: PersonalSeal | None) -> None:
        self._connection = connection
        self._seal = seal
        self._identities = PostgresIdentityBook(connection, seal)

    async def lock(self, user_ids: Iterable[int]) -> frozenset[int]:
        wanted = (
            select(MEMBER.c.user_id)
            .where(MEMBER.c.user_id.in_(sorted(user_ids)))
            .order_by(MEMBER.c.user_id)
            .with_for_update()
        )
        return frozenset((await self._connection.execute(wanted)).scalars())

    async def join(self, elder: int, younger: int, moment: datetime) -> Mapping[str, int]:
        pair = Pair(elder=elder, younger=younger, moment=moment, seal=self._seal)
        moved: dict[str, int] = {}
        for row, rule in RULES:
            moved[table_of(row).name] = await rule(self._connection, table_of(row), pair)
        await self._keep_phone(pair, moment)
        await take_over_codes(self._connection, pair)
        given = {"elder": elder, "younger": younger}
        await self._connection.execute(MEMBERS, given | {"tiers": [t.value for t in MemberTier]})
        await self._connection.execute(JOBS, {"elder": elder, "younger": str(younger)})
        for row, _ in reversed(RULES):
            await self._delete(table_of(row), younger)
        await self._follow(pair, moment)
        await self._delete(MEMBER, younger)
        return {name: number for name, number in moved.items() if number}

    async def _keep_phone(self, pair: Pair, moment: datetime) -> None:
        """The elder's own, else the younger's, sealed anew for the elder."""
        has = select(PHONE.c.phone_hash).where(PHONE.c.owner_id == pair.elder)
        if await self._connection.scalar(has) is None:
            phone = await self._identities.phone(pair.younger)
            if phone is not None:
                await self._identities.bind_phone(pair.elder, phone, moment)
        await self._connection.execute(delete(PHONE).where(PHONE.c.owner_id == pair.younger))

    async def _follow(self, pair: Pair, moment: datetime) -> None:
        """Whatever still names the younger finds the elder."""
        for table in (IDENTITY, JOINED):
            await self._connection.execute(
                update(table).where(table.c.owner_id == pair.younger).values(owner_id=pair.elder)
            )
        kept = {"joined_id": pair.younger, "owner_id": pair.elder, "joined_at": moment}
        await self._connection.execute(insert(JOINED).values(kept))

    async def _delete(self, table: Table, user_id: int) -> None:
        await self._connection.execute(delete(table).where(table.c.user_id == user_id))
