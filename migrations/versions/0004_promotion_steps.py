"""The life of each promotion version: who did what and when; and what is paused."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ACTS = [
    "DRAFT",
    "SUBMIT",
    "APPROVE",
    "PUBLISH",
    "PUBLISH_UNREVIEWED",
    "PAUSE",
    "RESUME",
    "END",
    "REPLACE",
]
STATES = ["DRAFT", "SUBMITTED", "APPROVED", "LIVE", "PAUSED", "ENDED"]


def listed(words: list[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def upgrade() -> None:
    op.add_column(
        "promotion_live",
        sa.Column("paused", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.create_table(
        "promotion_step",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("step", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("done_by", sa.Text(), nullable=False),
        sa.Column(
            "done_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint("step > 0", name=op.f("ck_promotion_step__step_positive")),
        sa.CheckConstraint(f"act IN ({listed(ACTS)})", name=op.f("ck_promotion_step__act_known")),
        sa.CheckConstraint(
            f"state IN ({listed(STATES)})", name=op.f("ck_promotion_step__state_known")
        ),
        sa.CheckConstraint("btrim(done_by) <> ''", name=op.f("ck_promotion_step__done_by_someone")),
        sa.ForeignKeyConstraint(
            ["code", "version"],
            ["promotion_version.code", "promotion_version.version"],
            name=op.f("fk_promotion_step__code_version"),
        ),
        sa.PrimaryKeyConstraint("code", "version", "step", name=op.f("pk_promotion_step")),
    )
    # What was published before steps were kept went live without a review.
    op.execute(
        """
        INSERT INTO promotion_step (code, version, step, act, state, done_by, done_at)
        SELECT code, version, 1, 'PUBLISH_UNREVIEWED', 'LIVE',
            coalesce(nullif(btrim(published_by), ''), 'unknown'), published_at
        FROM promotion_version
        """
    )
    op.execute(
        """
        INSERT INTO promotion_step (code, version, step, act, state, done_by)
        SELECT code, version, 2, 'REPLACE', 'ENDED',
            coalesce(nullif(btrim(published_by), ''), 'unknown')
        FROM promotion_version AS old
        WHERE NOT EXISTS (
            SELECT FROM promotion_live AS live
            WHERE live.code = old.code AND live.version = old.version
        )
        """
    )


def downgrade() -> None:
    op.drop_table("promotion_step")
    op.drop_column("promotion_live", "paused")
