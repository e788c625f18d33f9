"""Demo data is marked: which members were generated, and from what the seed was made."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "seed_mark",
        sa.Column("single", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("seeded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("single", name=op.f("ck_seed_mark__one_row")),
        sa.PrimaryKeyConstraint("single", name=op.f("pk_seed_mark")),
    )
    op.add_column(
        "member",
        sa.Column("generated", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )


def downgrade() -> None:
    op.drop_column("member", "generated")
    op.drop_table("seed_mark")
