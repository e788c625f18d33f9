"""Points and fuel credit as double-entry ledgers. User-owned: keys lead with `user_id`.

The account is the sum of its entries' postings; a lot's `remaining` the sum of its postings to
AVAILABLE and PENDING. Both are kept beside them, written in the same transaction.
"""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlmodel import Field

from app.domain.loyalty.entry import EntryKind, Holding, Occasion
from app.domain.loyalty.unit import Unit
from app.storage.tables.base import (
    Row,
    flag,
    instant,
    not_negative,
    one_of,
    positive,
    whole,
    words,
)


class LoyaltyAccountRow(Row, table=True):
    """`entries`: how many there are; the next one's number is one more."""

    __tablename__ = "loyalty_account"
    __table_args__ = (
        one_of("unit", Unit),
        not_negative("available"),
        not_negative("pending"),
        not_negative("owed"),
        not_negative("entries"),
        CheckConstraint("owed = 0 OR available = 0", name="owed_is_paid_first"),
    )

    user_id: int = Field(
        sa_column=whole(
            ForeignKey("member.user_id", ondelete="CASCADE"), primary_key=True, autoincrement=False
        )
    )
    unit: str = Field(sa_column=words(primary_key=True))
    available: int = Field(default=0, sa_column=whole(server_default=text("0")))
    pending: int = Field(default=0, sa_column=whole(server_default=text("0")))
    owed: int = Field(default=0, sa_column=whole(server_default=text("0")))
    entries: int = Field(default=0, sa_column=whole(server_default=text("0")))


class LedgerEntryRow(Row, table=True):
    """`amount` is signed: of what is available, or where `pending`, of what is pending."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        one_of("kind", EntryKind),
        one_of("occasion", Occasion),
        positive("seq"),
        not_negative("available_after"),
        CheckConstraint("undoes < seq", name="undoes_an_earlier_one"),
        ForeignKeyConstraint(
            ["user_id", "unit"],
            ["loyalty_account.user_id", "loyalty_account.unit"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(["user_id", "order_id"], ["fuel_order.user_id", "fuel_order.id"]),
        UniqueConstraint("user_id", "unit", "cause"),
        Index(
            "ix_ledger_entry__user_id_unit_undoes",
            "user_id",
            "unit",
            "undoes",
            postgresql_where=text("undoes IS NOT NULL"),
        ),
    )

    user_id: int = Field(sa_column=whole(primary_key=True, autoincrement=False))
    unit: str = Field(sa_column=words(primary_key=True))
    seq: int = Field(sa_column=whole(primary_key=True, autoincrement=False))
    kind: str = Field(sa_column=words())
    cause: str = Field(sa_column=words())
    occasion: str = Field(sa_column=words())
    order_id: int | None = Field(default=None, sa_column=whole(nullable=True))
    at: datetime = Field(sa_column=instant())
    amount: int = Field(sa_column=whole())
    pending: bool = Field(default=False, sa_column=flag(default=False))
    available_after: int = Field(sa_column=whole())
    undoes: int | None = Field(default=None, sa_column=whole(nullable=True))


class LedgerPostingRow(Row, table=True):
    """The postings of an entry sum to 0."""

    __tablename__ = "ledger_posting"
    __table_args__ = (
        one_of("holding", Holding),
        CheckConstraint("amount <> 0", name="amount_moves"),
        ForeignKeyConstraint(
            ["user_id", "unit", "entry_seq"],
            ["ledger_entry.user_id", "ledger_entry.unit", "ledger_entry.seq"],
            ondelete="CASCADE",
        ),
    )

    user_id: int = Field(sa_column=whole(primary_key=True, autoincrement=False))
    unit: str = Field(sa_column=words(primary_key=True))
    entry_seq: int = Field(sa_column=whole(primary_key=True, autoincrement=False))
    place: int = Field(sa_column=whole(primary_key=True, autoincrement=False))
    holding: str = Field(sa_column=words())
    lot_seq: int = Field(sa_column=whole())
    amount: int = Field(sa_column=whole())


class LedgerLotRow(Row, table=True):
    """`seq`: of the entry that made it. `reversed`: of its amount, taken back wherever from."""

    __tablename__ = "ledger_lot"
    __table_args__ = (
        one_of("occasion", Occasion),
        positive("amount"),
        CheckConstraint("remaining BETWEEN 0 AND amount", name="remaining_part"),
        CheckConstraint("expired BETWEEN 0 AND amount", name="expired_part"),
        CheckConstraint("reversed BETWEEN 0 AND amount", name="reversed_part"),
        ForeignKeyConstraint(
            ["user_id", "unit", "seq"],
            ["ledger_entry.user_id", "ledger_entry.unit", "ledger_entry.seq"],
            ondelete="CASCADE",
        ),
        Index(
            "ix_ledger_lot__user_id_unit_open",
            "user_id",
            "unit",
            postgresql_where=text("remaining > 0"),
        ),
        Index(
            "ix_ledger_lot__user_id_unit_order_id",
            "user_id",
            "unit",
            "order_id",
            postgresql_where=text("order_id IS NOT NULL"),
        ),
        Index(
            "ix_ledger_lot__releases_at_pending",
            "releases_at",
            postgresql_where=text("remaining > 0 AND NOT released"),
        ),
        Index(
            "ix_ledger_lot__expires_at_released",
            "expires_at",
            postgresql_where=text("remaining > 0 AND released"),
        ),
    )

    user_id: int = Field(sa_column=whole(primary_key=True, autoincrement=False))
    unit: str = Field(sa_column=words(primary_key=True))
    seq: int = Field(sa_column=whole(primary_key=True, autoincrement=False))
    amount: int = Field(sa_column=whole())
    remaining: int = Field(sa_column=whole())
    expired: int = Field(default=0, sa_column=whole(server_default=text("0")))
    reversed: int = Field(default=0, sa_column=whole(server_default=text("0")))
    released: bool = Field(default=False, sa_column=flag(default=False))
    releases_at: datetime = Field(sa_column=instant())
    expires_at: datetime = Field(sa_column=instant())
    occasion: str = Field(sa_column=words())
    order_id: int | None = Field(default=None, sa_column=whole(nullable=True))
