"""Refunds, invoices, and what each funder owes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

OPEN = "status IN ('REQUESTED', 'PROCESSING')"


def owner() -> sa.Column[int]:
    return sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False)


def identity() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def of_order(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["user_id", "order_id"],
        ["fuel_order.user_id", "fuel_order.id"],
        name=op.f(f"fk_{table}__user_id_order_id"),
    )


def upgrade() -> None:
    _refunds()
    _invoices()
    _funding()
    op.create_index("ix_fuel_order__id", "fuel_order", ["id"])


def _refunds() -> None:
    op.create_table(
        "order_refund",
        owner(),
        identity(),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("lines_before", sa.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("lines_after", sa.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("money_fen", sa.BigInteger(), nullable=False),
        sa.Column("fee_fen", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "restored",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "status IN ('REQUESTED', 'PROCESSING', 'DONE', 'REJECTED')",
            name=op.f("ck_order_refund__status_known"),
        ),
        sa.CheckConstraint("money_fen >= 0", name=op.f("ck_order_refund__money_fen_not_negative")),
        sa.CheckConstraint(
            "fee_fen BETWEEN 0 AND money_fen", name=op.f("ck_order_refund__fee_part")
        ),
        sa.CheckConstraint(
            "cardinality(lines_before) = cardinality(lines_after)",
            name=op.f("ck_order_refund__lines_paired"),
        ),
        sa.CheckConstraint(
            f"({OPEN}) = (settled_at IS NULL)", name=op.f("ck_order_refund__settled_dated")
        ),
        sa.CheckConstraint(
            "jsonb_typeof(restored) = 'array'", name=op.f("ck_order_refund__restored_list")
        ),
        of_order("order_refund"),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_order_refund")),
        sa.UniqueConstraint("user_id", "number", name=op.f("uq_order_refund__user_id_number")),
    )
    op.create_index(
        "uq_order_refund__one_open",
        "order_refund",
        ["user_id", "order_id"],
        unique=True,
        postgresql_where=sa.text(OPEN),
    )
    op.create_index(
        "ix_order_refund__open",
        "order_refund",
        ["requested_at"],
        postgresql_where=sa.text(OPEN),
    )
    op.create_index(
        "ix_order_refund__done",
        "order_refund",
        ["settled_at"],
        postgresql_where=sa.text("status = 'DONE'"),
    )
    op.create_index("ix_order_refund__user_id_order_id", "order_refund", ["user_id", "order_id"])


def _invoices() -> None:
    op.create_table(
        "invoice",
        owner(),
        sa.Column("order_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("tax_number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("email_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "status IN ('REQUESTED', 'ISSUED', 'FAILED')", name=op.f("ck_invoice__status_known")
        ),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_invoice__amount_fen_positive")),
        of_order("invoice"),
        sa.PrimaryKeyConstraint("user_id", "order_id", name=op.f("pk_invoice")),
    )


def _funding() -> None:
    op.create_table(
        "funding_entry",
        owner(),
        identity(),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("refund_id", sa.BigInteger(), nullable=True),
        sa.Column("station_id", sa.BigInteger(), nullable=False),
        sa.Column("station_day", sa.Date(), nullable=False),
        sa.Column("funder", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "funder IN ('PLATFORM', 'STATION', 'BRAND')",
            name=op.f("ck_funding_entry__funder_known"),
        ),
        sa.CheckConstraint(
            "fen > 0 OR (fen < 0 AND refund_id IS NOT NULL)",
            name=op.f("ck_funding_entry__fen_signed"),
        ),
        of_order("funding_entry"),
        sa.ForeignKeyConstraint(
            ["user_id", "refund_id"],
            ["order_refund.user_id", "order_refund.id"],
            name=op.f("fk_funding_entry__user_id_refund_id"),
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("fk_funding_entry__station_id")
        ),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_funding_entry")),
        sa.UniqueConstraint(
            "user_id",
            "order_id",
            "refund_id",
            "funder",
            "code",
            name=op.f("uq_funding_entry__user_id_order_id_refund_id_funder_code"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(
        "ix_funding_entry__station_day_station_id", "funding_entry", ["station_day", "station_id"]
    )
    op.create_index(op.f("ix_funding_entry__station_id"), "funding_entry", ["station_id"])


def downgrade() -> None:
    op.drop_index("ix_fuel_order__id", "fuel_order")
    op.drop_table("funding_entry")
    op.drop_table("invoice")
    op.drop_table("order_refund")
