"""What of each table a member is given a copy of, and what becomes of it when they are forgotten
(docs/adr/0087). Every table of `USER_OWNED` has a rule of both."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import LargeBinary, Table, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.ports.sealing import PersonalSeal
from app.storage import tables
from app.storage.identities import PostgresIdentityBook
from app.storage.invoices import invoice_of
from app.storage.tables import table_of

IDENTITY = table_of(tables.IdentityRow)
PHONE = table_of(tables.MemberPhoneRow)
CODE = table_of(tables.ReferralCodeRow)
INVOICE = table_of(tables.InvoiceRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`kept`: rows stay, under the bare number, because the law or others' accounts need them;
    `blank`: columns of theirs that are personal, and what stands there instead. Not kept: deleted.
    `why`: of keeping. `hidden`: columns of no copy, since they are the server's own workings."""

    kept: bool = True
    why: str = ""
    blank: Mapping[str, Any] | None = None
    hidden: tuple[str, ...] = ()


MONEY = "会计凭证与交易记录保存 (电商法 31 条, 会计档案管理办法)"
RULES: Mapping[type[tables.Row], Rule] = {
    tables.MemberRow: Rule(
        why="the number that what is kept stands under",
        blank={"nickname": None, "phone_masked": None, "segments": [], "tier": "BASIC"},
    ),
    tables.MemberPreferencesRow: Rule(kept=False),
    tables.FavouriteStationRow: Rule(kept=False),
    tables.CodeMissRow: Rule(kept=False),
    tables.PromotionUsageRow: Rule(kept=False),
    tables.IdempotentRequestRow: Rule(kept=False, hidden=("input_hash", "answer")),
    tables.MemberSessionRow: Rule(kept=False, hidden=("seed", "generation")),
    tables.DataExportRow: Rule(kept=False, hidden=("archive",)),
    tables.CouponRow: Rule(why=MONEY),
    tables.FuelOrderRow: Rule(why=MONEY),
    tables.OrderRefundRow: Rule(why=MONEY, blank={"reason": ""}),
    tables.InvoiceRow: Rule(
        why=MONEY,
        blank={"email_sealed": None},
        hidden=("tax_number_sealed", "email_sealed"),
    ),
    tables.FundingEntryRow: Rule(why=MONEY),
    tables.PaymentRow: Rule(why=MONEY, blank={"sheet": None}, hidden=("sheet",)),
    tables.PaymentNoticeRow: Rule(why=MONEY),
    tables.LoyaltyAccountRow: Rule(why=MONEY),
    tables.LedgerEntryRow: Rule(why=MONEY),
    tables.LedgerPostingRow: Rule(why=MONEY),
    tables.LedgerLotRow: Rule(why=MONEY),
    tables.ReferrerRow: Rule(why="others' rewards rest on it"),
    tables.ReferralRow: Rule(why="others' rewards rest on it"),
    tables.AuditEventRow: Rule(why="网络安全法 21 条: 日志留存", blank={"device": None}),
    tables.ConsentRow: Rule(why="proof that it was given"),
    tables.ErasureRow: Rule(why="proof that it was done"),
}


async def collect(connection: AsyncConnection, user_id: int, seal: PersonalSeal) -> str:
    """Everything that is the member's, in JSON, by table; instants in ISO 8601, money in fen."""
    found: dict[str, Any] = {"member_id": user_id}
    for row, rule in RULES.items():
        table = table_of(row)
        found[table.name] = await _rows(connection, table, user_id, rule.hidden)
    invoices = await connection.execute(select(INVOICE).where(INVOICE.c.user_id == user_id))
    opened = {each.order_id: invoice_of(each, seal).bill for each in invoices}
    for row in found[INVOICE.name]:
        bill = opened[row["order_id"]]
        row |= {"tax_number": bill.tax_number, "email": bill.email}
    phone = await PostgresIdentityBook(connection, seal).phone(user_id)
    found["phone"] = None if phone is None else phone.e164
    known = select(*IDENTITY.c).where(IDENTITY.c.owner_id == user_id)
    found["identity"] = [dict(each) for each in (await connection.execute(known)).mappings()]
    return orjson.dumps(found, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


async def _rows(
    connection: AsyncConnection, table: Table, user_id: int, hidden: tuple[str, ...]
) -> list[dict[str, Any]]:
    columns = [each for each in table.columns if each.name not in (*hidden, "user_id")]
    if not columns:
        return []
    query = select(*columns).where(table.c.user_id == user_id).order_by(*table.primary_key.columns)
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def erase(connection: AsyncConnection, user_id: int) -> None:
    """Who signs in again with the same phone or WeChat is a new member."""
    for row, rule in RULES.items():
        table = table_of(row)
        mine = table.c.user_id == user_id
        if not rule.kept:
            await connection.execute(delete(table).where(mine))
        elif rule.blank:
            await connection.execute(update(table).where(mine).values(**rule.blank))
    for table in (IDENTITY, PHONE, CODE):
        await connection.execute(delete(table).where(table.c.owner_id == user_id))


def shown_as_bytes(row: type[tables.Row]) -> list[str]:
    """Columns of a copy that JSON cannot hold: none may be left."""
    hidden = RULES[row].hidden
    return [
        column.name
        for column in table_of(row).columns
        if isinstance(column.type, LargeBinary) and column.name not in hidden
    ]
