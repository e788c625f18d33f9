"""Payments, and the provider's notices."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

METHODS = "'WECHAT_PAY', 'ALIPAY', 'UNIONPAY', 'FUEL_CARD', 'STORED_VALUE', 'FUEL_CREDIT'"
SCENES = "'MINI_PROGRAM', 'WECHAT_BROWSER', 'BROWSER', 'APP'"
STATES = "'OPEN', 'CLOSED', 'PAID', 'RETURNING', 'RETURNED', 'DISPUTED'"
KINDS = "kind IN ('PAYMENT', 'REFUND', 'OTHER')"
OUTCOMES = "'PAID', 'RETURNING', 'RETURNED', 'DISPUTED', 'REFUND_TOLD', 'IGNORED'"
UNDECIDED = "state = 'OPEN' OR state = 'RETURNING' OR (state = 'CLOSED' AND NOT closed_there)"


def instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    make_payments()
    op.create_table(
        "payment_notice",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("notice_key", sa.Text(), nullable=False),
        sa.Column("payment_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        instant("received_at"),
        sa.CheckConstraint(KINDS, name=op.f("ck_payment_notice__kind_known")),
        sa.CheckConstraint(
            f"outcome IN ({OUTCOMES})", name=op.f("ck_payment_notice__outcome_known")
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "payment_id"],
            ["payment.user_id", "payment.id"],
            name=op.f("fk_payment_notice__user_id_payment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "notice_key", name=op.f("pk_payment_notice")),
    )
    op.create_index(
        "ix_payment_notice__user_id_payment_id", "payment_notice", ["user_id", "payment_id"]
    )
    op.create_table(
        "stray_notice",
        sa.Column("notice_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        instant("received_at"),
        sa.CheckConstraint(KINDS, name=op.f("ck_stray_notice__kind_known")),
        sa.PrimaryKeyConstraint("notice_key", name=op.f("pk_stray_notice")),
    )
    op.create_index(op.f("ix_stray_notice__received_at"), "stray_notice", ["received_at"])


def downgrade() -> None:
    op.drop_table("stray_notice")
    op.drop_table("payment_notice")
    op.drop_table("payment")


def make_payments() -> None:
    op.create_table(
        "payment",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("scene", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sheet", JSONB(), nullable=True),
        instant("asked_at"),
        instant("expires_at"),
        instant("checked_at", nullable=True),
        sa.Column("closed_there", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        instant("paid_at", nullable=True),
        sa.Column("paid_fen", sa.BigInteger(), nullable=True),
        sa.Column("transaction_no", sa.Text(), nullable=True),
        instant("returned_at", nullable=True),
        sa.CheckConstraint(f"method IN ({METHODS})", name=op.f("ck_payment__method_known")),
        sa.CheckConstraint(f"scene IN ({SCENES})", name=op.f("ck_payment__scene_known")),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_payment__state_known")),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_payment__amount_fen_positive")),
        sa.CheckConstraint("paid_fen > 0", name=op.f("ck_payment__paid_fen_positive")),
        sa.CheckConstraint(
            "char_length(number) BETWEEN 6 AND 32", name=op.f("ck_payment__number_length")
        ),
        sa.CheckConstraint(
            "(state IN ('OPEN', 'CLOSED')) = (paid_at IS NULL)"
            " AND (paid_at IS NULL) = (paid_fen IS NULL)"
            " AND (paid_at IS NULL) = (transaction_no IS NULL)",
            name=op.f("ck_payment__paid_told"),
        ),
        sa.CheckConstraint(
            "(state = 'RETURNED') = (returned_at IS NOT NULL)",
            name=op.f("ck_payment__returned_dated"),
        ),
        sa.CheckConstraint(
            "state = 'DISPUTED' OR paid_fen = amount_fen", name=op.f("ck_payment__paid_in_full")
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "order_id"],
            ["fuel_order.user_id", "fuel_order.id"],
            name=op.f("fk_payment__user_id_order_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_payment")),
        sa.UniqueConstraint("user_id", "number", name=op.f("uq_payment__user_id_number")),
    )
    one_of_an_order("uq_payment__open", "OPEN")
    one_of_an_order("uq_payment__paid", "PAID")
    op.create_index("ix_payment__user_id_order_id", "payment", ["user_id", "order_id"])
    op.create_index(
        "ix_payment__undecided", "payment", ["asked_at"], postgresql_where=sa.text(UNDECIDED)
    )
    for told in ("paid_at", "returned_at"):
        op.create_index(
            f"ix_payment__{told}",
            "payment",
            [told],
            postgresql_where=sa.text(f"{told} IS NOT NULL"),
        )


def one_of_an_order(name: str, state: str) -> None:
    op.create_index(
        name,
        "payment",
        ["user_id", "order_id"],
        unique=True,
        postgresql_where=sa.text(f"state = '{state}'"),
    )
