"""Tables whose rows do not simply move when accounts join: ledgers, and referral."""

from dataclasses import replace
from typing import Any

from sqlalchemy import Table, delete, func, literal, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.loyalty import joining
from app.domain.loyalty.unit import Unit
from app.storage.accounts import PostgresAccountBook
from app.storage.invoices import PostgresInvoiceBook, invoice_of
from app.storage.joining_rules import Pair, copied, count, lock_rows, rename_causes
from app.storage.referrals import BINDING_LOCK, PostgresReferralBook
from app.storage.tables import (
    CouponRow,
    LedgerEntryRow,
    LedgerLotRow,
    LedgerPostingRow,
    table_of,
)

ENTRY = table_of(LedgerEntryRow)
POSTING = table_of(LedgerPostingRow)
LOT = table_of(LedgerLotRow)
COUPON = table_of(CouponRow)

OPEN_ACCOUNT = text("""
INSERT INTO loyalty_account (user_id, unit) VALUES (:elder, :unit) ON CONFLICT DO NOTHING
""")
SUM = text("""
UPDATE loyalty_account SET available = :available, pending = :pending, owed = :owed,
    entries = :entries
WHERE user_id = :elder AND unit = :unit
""")
OWN_REFERRALS = text("""
SELECT user_id, referrer_id FROM referral WHERE user_id IN (:elder, :younger) FOR UPDATE
""")
DROP_SELF = text("DELETE FROM referral WHERE user_id = :elder AND referrer_id = :younger")
NEW_REFERRER = text("""
UPDATE referral SET referrer_id = :elder WHERE referrer_id = :younger AND user_id <> :elder
""")
HAS_OWN_CODE = text("""
SELECT EXISTS (SELECT FROM referral_code WHERE owner_id = :elder AND former_owner_id IS NULL)
""")
TAKE_CODES = text("""
UPDATE referral_code SET owner_id = :elder, former_owner_id = CASE
    WHEN CAST(:has_own AS boolean) OR former_owner_id IS NOT NULL
    THEN coalesce(former_owner_id, :younger) END
WHERE owner_id = :younger
""")


async def move_ledgers(connection: AsyncConnection, table: Table, pair: Pair) -> int:
    """Points and fuel credit: the younger's entries follow the elder's, with their postings and
    lots; then what one owed is paid by what the other had."""
    await lock_rows(connection, LOT, pair)
    for unit in Unit:
        await _move_ledger(connection, pair, unit)
    return await count(connection, table, pair)


async def _move_ledger(connection: AsyncConnection, pair: Pair, unit: Unit) -> None:
    book = PostgresAccountBook(connection)
    elder = await book.account(pair.elder, unit)
    younger = await book.account(pair.younger, unit)
    if younger.entries == 0:
        return
    given: dict[str, Any] = {**pair.ids, "unit": unit.value}
    await connection.execute(OPEN_ACCOUNT, given)
    await rename_causes(
        connection,
        ENTRY,
        pair,
        lambda name: joining.joined_cause(pair.cause(name), elder.entries),
        ENTRY.c.unit == unit.value,
    )
    for table, shifted in (
        (ENTRY, ("seq", "undoes")),
        (POSTING, ("entry_seq", "lot_seq")),
        (LOT, ("seq",)),
    ):
        others = {name: f"source.{name} + {elder.entries}" for name in shifted}
        if table is ENTRY:
            others["available_after"] = f"source.available_after + {elder.available}"
        await connection.execute(text(f"{copied(table, **others)} AND source.unit = :unit"), given)
    account = joining.joined(elder, younger)
    paid = joining.pay_owed(account, pair.younger, pair.moment)
    if paid is not None:
        await book.write(pair.elder, paid)
        return
    sums = {name: getattr(account, name) for name in ("available", "pending", "owed", "entries")}
    await connection.execute(SUM, given | sums)


async def move_invoices(connection: AsyncConnection, table: Table, pair: Pair) -> int:
    """Their personal data are sealed for the row that they lie in: opened, and sealed anew."""
    await lock_rows(connection, table, pair)
    rows = await connection.execute(select(table).where(table.c.user_id == pair.younger))
    book, found = PostgresInvoiceBook(connection, pair.seal), rows.all()
    for row in found:
        await book.save(replace(invoice_of(row, pair.seal), user_id=pair.elder))
    return len(found)


async def move_referral(connection: AsyncConnection, table: Table, pair: Pair) -> int:
    """Who invited the younger invited the elder, unless somebody did before, or the elder would
    then have invited themselves, in however many steps. Friends of the younger are the elder's."""
    await connection.execute(select(func.pg_advisory_xact_lock(BINDING_LOCK)))
    await connection.execute(DROP_SELF, pair.ids)
    rows = await connection.execute(OWN_REFERRALS, pair.ids)
    referrer_of = {row.user_id: row.referrer_id for row in rows}
    referrer_id = referrer_of.get(pair.younger)
    if referrer_id is not None and pair.elder not in referrer_of:
        book = PostgresReferralBook(connection)
        loop = referrer_id == pair.elder or await book.lead_to(pair.elder, referrer_id)
        if not loop:
            await connection.execute(text(copied(table)), pair.ids)
            await _rename_rewards(connection, pair, referrer_id)
    await connection.execute(NEW_REFERRER, pair.ids)
    return len(referrer_of.keys() & {pair.younger})


async def _rename_rewards(connection: AsyncConnection, pair: Pair, referrer_id: int) -> None:
    """Rewards are found by the friend's id in their cause: the younger's own when they move, the
    referrer's here."""
    before, after = f"referral:{pair.younger}:", f"referral:{pair.elder}:"
    pair.renamed[before] = after
    for table in (ENTRY, COUPON):
        named = (table.c.user_id == referrer_id) & table.c.cause.startswith(before, autoescape=True)
        rest = func.substr(table.c.cause, len(before) + 1)
        await connection.execute(
            update(table).where(named).values(cause=literal(after).concat(rest))
        )


async def take_erasures_back(connection: AsyncConnection, table: Table, pair: Pair) -> int:
    """Who joins accounts uses them: neither is erased. It can be asked for again."""
    await connection.execute(
        delete(table).where(table.c.user_id == pair.elder, table.c.done_at.is_(None))
    )
    return await count(connection, table, pair)


async def take_over_codes(connection: AsyncConnection, pair: Pair) -> None:
    """Every share code goes on working; the elder is shown their own."""
    has_own = await connection.scalar(HAS_OWN_CODE, pair.ids)
    await connection.execute(TAKE_CODES, {**pair.ids, "has_own": has_own})
