"""Counters of what has been used of promotions: a member's, and those of all."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

PERIODS = "period IN ('DAY', 'WEEK', 'MONTH', 'EVER')"


def counts() -> tuple[sa.Column[int], sa.Column[int]]:
    return (
        sa.Column("uses", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("fen", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
    )


def upgrade() -> None:
    op.create_table(
        "promotion_usage",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        *counts(),
        sa.CheckConstraint(PERIODS, name=op.f("ck_promotion_usage__period_known")),
        sa.CheckConstraint("uses >= 0", name=op.f("ck_promotion_usage__uses_not_negative")),
        sa.CheckConstraint("fen >= 0", name=op.f("ck_promotion_usage__fen_not_negative")),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["member.user_id"],
            name=op.f("fk_promotion_usage__user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "user_id", "code", "period", "period_start", name=op.f("pk_promotion_usage")
        ),
    )
    op.create_table(
        "promotion_counter",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("per", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        *counts(),
        sa.CheckConstraint(
            "per IN ('DEVICE', 'PERSON', 'STATION', 'TOTAL')",
            name=op.f("ck_promotion_counter__per_known"),
        ),
        sa.CheckConstraint(PERIODS, name=op.f("ck_promotion_counter__period_known")),
        sa.CheckConstraint(
            "(per = 'TOTAL') = (subject = '')", name=op.f("ck_promotion_counter__subject_named")
        ),
        sa.CheckConstraint("uses >= 0", name=op.f("ck_promotion_counter__uses_not_negative")),
        sa.CheckConstraint("fen >= 0", name=op.f("ck_promotion_counter__fen_not_negative")),
        sa.PrimaryKeyConstraint(
            "code", "per", "subject", "period", "period_start", name=op.f("pk_promotion_counter")
        ),
    )


def downgrade() -> None:
    op.drop_table("promotion_counter")
    op.drop_table("promotion_usage")
