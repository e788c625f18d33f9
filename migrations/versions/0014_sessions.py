"""Sessions of members and what proves their refresh tokens."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

CHANNELS = "channel IN ('MINI_PROGRAM', 'H5', 'APP')"
REASONS = "('SIGNED_OUT', 'REUSED', 'REPLACED', 'CROWDED_OUT', 'JOINED', 'ERASED')"


def upgrade() -> None:
    op.create_table(
        "member_session",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=True),
        sa.Column("app_version", sa.Text(), nullable=True),
        sa.Column("seed", sa.LargeBinary(), nullable=False),
        sa.Column("generation", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(CHANNELS, name=op.f("ck_member_session__channel_known")),
        sa.CheckConstraint(
            f"end_reason IN {REASONS}", name=op.f("ck_member_session__end_reason_known")
        ),
        sa.CheckConstraint(
            "generation >= 0", name=op.f("ck_member_session__generation_not_negative")
        ),
        sa.CheckConstraint("octet_length(seed) = 32", name=op.f("ck_member_session__seed_length")),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (end_reason IS NULL)",
            name=op.f("ck_member_session__ended_with_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["member.user_id"],
            name=op.f("fk_member_session__user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_member_session")),
    )
    for column in ("opened_at", "ended_at"):
        op.create_index(op.f(f"ix_member_session__{column}"), "member_session", [column])


def downgrade() -> None:
    op.drop_table("member_session")
