"""Points and fuel credit as double-entry ledgers; balances of points move into them."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

UNITS = "unit IN ('POINTS', 'FUEL_CREDIT')"
OCCASIONS = "occasion IN ('ORDER', 'REFERRAL', 'VALIDITY', 'OPENING')"

# What there is becomes opening entries: what ends soon, the other available points, which last 12
# months to the end of the day in Shanghai, and those pending, which cool for 7 days.
PARTS = """
CREATE TEMPORARY TABLE opening_part ON COMMIT DROP AS
SELECT user_id, part.*, row_number() OVER (PARTITION BY user_id ORDER BY part.nth) AS seq,
    sum(part.amount) FILTER (WHERE part.holding = 'AVAILABLE')
        OVER (PARTITION BY user_id ORDER BY part.nth) AS available_after,
    now() AS at
FROM points_account, LATERAL (VALUES
    (1, 'opening:expiring', 'AVAILABLE', expiring_soon, now(), expiring_at),
    (2, 'opening:available', 'AVAILABLE', available - expiring_soon, now(), NULL),
    (3, 'opening:pending', 'PENDING', pending, now() + interval '7 days', NULL)
) AS part (nth, cause, holding, amount, releases_at, expires_at)
WHERE part.amount > 0
"""
FILL = (
    """
    INSERT INTO loyalty_account (user_id, unit, available, pending, entries)
    SELECT user_id, 'POINTS', available, pending,
        (SELECT count(*) FROM opening_part WHERE opening_part.user_id = points_account.user_id)
    FROM points_account
    """,
    """
    INSERT INTO ledger_entry
        (user_id, unit, seq, kind, cause, occasion, at, amount, pending, available_after)
    SELECT user_id, 'POINTS', seq, 'ADJUST', cause, 'OPENING', at, amount, holding = 'PENDING',
        coalesce(available_after, 0)
    FROM opening_part
    """,
    """
    INSERT INTO ledger_lot (user_id, unit, seq, amount, remaining, released, releases_at,
        expires_at, occasion)
    SELECT user_id, 'POINTS', seq, amount, amount, holding = 'AVAILABLE', releases_at,
        coalesce(expires_at, (date_trunc('day', at AT TIME ZONE 'Asia/Shanghai')
            + interval '12 months' + interval '1 day') AT TIME ZONE 'Asia/Shanghai'),
        'OPENING'
    FROM opening_part
    """,
    """
    INSERT INTO ledger_posting (user_id, unit, entry_seq, place, holding, lot_seq, amount)
    SELECT user_id, 'POINTS', seq, side.place, side.holding, seq, side.amount
    FROM opening_part AS part,
        LATERAL (VALUES (0, 'ISSUED', -part.amount), (1, part.holding, part.amount))
            AS side (place, holding, amount)
    """,
)
BACK = """
INSERT INTO points_account (user_id, available, pending, expiring_soon, expiring_at)
SELECT user_id, available, pending, coalesce(soon.amount, 0), soon.expires_at
FROM loyalty_account AS account LEFT JOIN LATERAL (
    SELECT expires_at, sum(remaining) AS amount FROM ledger_lot
    WHERE ledger_lot.user_id = account.user_id AND ledger_lot.unit = account.unit
        AND released AND remaining > 0 AND expires_at <= now() + interval '30 days'
    GROUP BY expires_at ORDER BY expires_at LIMIT 1
) AS soon ON true
WHERE unit = 'POINTS'
"""


def count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False)


def whole(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def key(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False)


def text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def instant(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), server_default=sa.text("false"), nullable=False)


def check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}__{name}"))


def not_negative(table: str, *columns: str) -> list[sa.CheckConstraint]:
    return [check(table, f"{column}_not_negative", f"{column} >= 0") for column in columns]


def of_entry(table: str, seq: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["user_id", "unit", seq],
        ["ledger_entry.user_id", "ledger_entry.unit", "ledger_entry.seq"],
        name=op.f(f"fk_{table}__user_id_unit_{seq}"),
        ondelete="CASCADE",
    )


def upgrade() -> None:
    create_accounts()
    create_entries()
    create_postings()
    create_lots()
    op.execute(PARTS)
    for statement in FILL:
        op.execute(statement)
    op.drop_table("points_account")


def create_accounts() -> None:
    op.create_table(
        "loyalty_account",
        key("user_id"),
        text("unit"),
        *(count(name) for name in ("available", "pending", "owed", "entries")),
        check("loyalty_account", "unit_known", UNITS),
        *not_negative("loyalty_account", "available", "pending", "owed", "entries"),
        check("loyalty_account", "owed_is_paid_first", "owed = 0 OR available = 0"),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["member.user_id"],
            name=op.f("fk_loyalty_account__user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "unit", name=op.f("pk_loyalty_account")),
    )


def create_entries() -> None:
    op.create_table(
        "ledger_entry",
        key("user_id"),
        text("unit"),
        key("seq"),
        text("kind"),
        text("cause"),
        text("occasion"),
        whole("order_id", nullable=True),
        instant("at"),
        whole("amount"),
        flag("pending"),
        whole("available_after"),
        whole("undoes", nullable=True),
        check(
            "ledger_entry",
            "kind_known",
            "kind IN ('ACCRUE', 'RELEASE', 'BURN', 'EXPIRE', 'REVERSE', 'ADJUST')",
        ),
        check("ledger_entry", "occasion_known", OCCASIONS),
        check("ledger_entry", "seq_positive", "seq > 0"),
        *not_negative("ledger_entry", "available_after"),
        check("ledger_entry", "undoes_an_earlier_one", "undoes < seq"),
        sa.ForeignKeyConstraint(
            ["user_id", "unit"],
            ["loyalty_account.user_id", "loyalty_account.unit"],
            name=op.f("fk_ledger_entry__user_id_unit"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "order_id"],
            ["fuel_order.user_id", "fuel_order.id"],
            name=op.f("fk_ledger_entry__user_id_order_id"),
        ),
        sa.PrimaryKeyConstraint("user_id", "unit", "seq", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint(
            "user_id", "unit", "cause", name=op.f("uq_ledger_entry__user_id_unit_cause")
        ),
    )
    op.create_index(
        "ix_ledger_entry__user_id_unit_undoes",
        "ledger_entry",
        ["user_id", "unit", "undoes"],
        postgresql_where=sa.text("undoes IS NOT NULL"),
    )


def create_postings() -> None:
    op.create_table(
        "ledger_posting",
        key("user_id"),
        text("unit"),
        key("entry_seq"),
        key("place"),
        text("holding"),
        whole("lot_seq"),
        whole("amount"),
        check(
            "ledger_posting",
            "holding_known",
            "holding IN ('AVAILABLE', 'PENDING', 'OWED', 'ISSUED', 'SPENT', 'LAPSED')",
        ),
        check("ledger_posting", "amount_moves", "amount <> 0"),
        of_entry("ledger_posting", "entry_seq"),
        sa.PrimaryKeyConstraint(
            "user_id", "unit", "entry_seq", "place", name=op.f("pk_ledger_posting")
        ),
    )


def create_lots() -> None:
    op.create_table(
        "ledger_lot",
        key("user_id"),
        text("unit"),
        key("seq"),
        whole("amount"),
        whole("remaining"),
        count("expired"),
        count("reversed"),
        flag("released"),
        instant("releases_at"),
        instant("expires_at"),
        text("occasion"),
        whole("order_id", nullable=True),
        check("ledger_lot", "occasion_known", OCCASIONS),
        check("ledger_lot", "amount_positive", "amount > 0"),
        *(
            check("ledger_lot", f"{name}_part", f"{name} BETWEEN 0 AND amount")
            for name in ("remaining", "expired", "reversed")
        ),
        of_entry("ledger_lot", "seq"),
        sa.PrimaryKeyConstraint("user_id", "unit", "seq", name=op.f("pk_ledger_lot")),
    )
    for name, columns, rule in LOT_INDEXES:
        where = sa.text(rule)
        op.create_index(f"ix_ledger_lot__{name}", "ledger_lot", columns, postgresql_where=where)


LOT_INDEXES = (
    ("user_id_unit_open", ["user_id", "unit"], "remaining > 0"),
    ("user_id_unit_order_id", ["user_id", "unit", "order_id"], "order_id IS NOT NULL"),
    ("releases_at_pending", ["releases_at"], "remaining > 0 AND NOT released"),
    ("expires_at_released", ["expires_at"], "remaining > 0 AND released"),
)


def downgrade() -> None:
    table = "points_account"
    op.create_table(
        table,
        key("user_id"),
        *(count(name) for name in ("available", "pending", "expiring_soon")),
        sa.Column("expiring_at", sa.DateTime(timezone=True), nullable=True),
        *not_negative(table, "available", "pending"),
        check(table, "expiring_dated", "expiring_soon = 0 OR expiring_at IS NOT NULL"),
        check(table, "expiring_part", "expiring_soon BETWEEN 0 AND available"),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["member.user_id"],
            name=op.f("fk_points_account__user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_points_account")),
    )
    op.execute(BACK)
    for gone in ("ledger_lot", "ledger_posting", "ledger_entry", "loyalty_account"):
        op.drop_table(gone)
