"""The catalog version tells whether anything but promotions has changed."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("catalog_version", sa.Column("stations_version", sa.BigInteger(), nullable=True))
    op.execute("UPDATE catalog_version SET stations_version = version")
    op.alter_column("catalog_version", "stations_version", nullable=False)
    op.create_check_constraint(
        op.f("ck_catalog_version__stations_version_known"),
        "catalog_version",
        "stations_version BETWEEN 0 AND version",
    )


def downgrade() -> None:
    op.drop_column("catalog_version", "stations_version")
