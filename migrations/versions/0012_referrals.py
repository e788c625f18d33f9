"""Referral: published rules, share codes, who invited whom, and both sides' rewards."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

STATES = "('BOUND', 'COOLING', 'REWARDED', 'REVERSING', 'REVERSED', 'REFUSED')"


def upgrade() -> None:
    op.create_table(
        "referral_rules",
        sa.Column("version", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_referral_rules")),
    )
    op.create_table(
        "referral_code",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_referral_code")),
        sa.UniqueConstraint("owner_id", name=op.f("uq_referral_code__owner_id")),
    )
    op.create_table(
        "referrer",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("rewarded", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("rewarded >= 0", name=op.f("ck_referrer__rewarded_not_negative")),
        of_member("referrer"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_referrer")),
    )
    create_referrals()


def of_member(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["user_id"], ["member.user_id"], name=op.f(f"fk_{table}__user_id"), ondelete="CASCADE"
    )


def side(name: str) -> list[sa.Column[object]]:
    return [
        sa.Column(f"{name}_state", sa.Text(), server_default=sa.text("'BOUND'"), nullable=False),
        sa.Column(f"{name}_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(f"{name}_coupon_id", sa.BigInteger(), nullable=True),
    ]


def create_referrals() -> None:
    op.create_table(
        "referral",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("referrer_id", sa.BigInteger(), nullable=False),
        sa.Column("bound_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("terms", postgresql.JSONB(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=True),
        sa.Column("rewards_at", sa.DateTime(timezone=True), nullable=True),
        *side("friend"),
        *side("referrer"),
        *(
            sa.CheckConstraint(
                f"{name}_state IN {STATES}", name=op.f(f"ck_referral__{name}_state_known")
            )
            for name in ("friend", "referrer")
        ),
        sa.CheckConstraint("user_id <> referrer_id", name=op.f("ck_referral__not_oneself")),
        sa.CheckConstraint(
            "(order_id IS NULL) = (rewards_at IS NULL)", name=op.f("ck_referral__order_dated")
        ),
        of_member("referral"),
        sa.ForeignKeyConstraint(
            ["user_id", "order_id"],
            ["fuel_order.user_id", "fuel_order.id"],
            name=op.f("fk_referral__user_id_order_id"),
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_referral")),
    )
    op.create_index(
        "ix_referral__referrer_id_bound_at_user_id",
        "referral",
        ["referrer_id", sa.text("bound_at DESC"), sa.text("user_id DESC")],
    )
    for column, name, state in (
        ("rewards_at", "rewards_at_cooling", "COOLING"),
        ("user_id", "user_id_reversing", "REVERSING"),
    ):
        op.create_index(
            f"ix_referral__{name}",
            "referral",
            [column],
            postgresql_where=sa.text(f"friend_state = '{state}' OR referrer_state = '{state}'"),
        )


def downgrade() -> None:
    for table in ("referral", "referrer", "referral_code", "referral_rules"):
        op.drop_table(table)
