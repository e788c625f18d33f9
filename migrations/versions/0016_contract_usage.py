"""Which channel and version last used which operation."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contract_usage",
        sa.Column("used_on", sa.Date(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("app_version", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("uses", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("uses > 0", name=op.f("ck_contract_usage__uses_positive")),
        sa.PrimaryKeyConstraint(
            "used_on", "channel", "app_version", "sha256", name=op.f("pk_contract_usage")
        ),
    )


def downgrade() -> None:
    op.drop_table("contract_usage")
