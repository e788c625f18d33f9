"""Consent, export and erasure."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consent",
        owner(),
        sa.Column("policy", sa.Text(), nullable=False),
        instant("given_at"),
        of_member("consent"),
        sa.PrimaryKeyConstraint("user_id", "policy", name=op.f("pk_consent")),
    )
    create_exports()
    op.create_table(
        "erasure",
        owner(),
        instant("requested_at"),
        instant("due_at"),
        instant("done_at", nullable=True),
        sa.CheckConstraint("requested_at <= due_at", name=op.f("ck_erasure__due_later")),
        of_member("erasure"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_erasure")),
    )
    op.create_index(
        "ix_erasure__due_at", "erasure", ["due_at"], postgresql_where=sa.text("done_at IS NULL")
    )


def owner() -> sa.Column[object]:
    return sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False)


def instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def of_member(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["user_id"], ["member.user_id"], name=op.f(f"fk_{table}__user_id"), ondelete="CASCADE"
    )


def create_exports() -> None:
    op.create_table(
        "data_export",
        owner(),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        instant("requested_at"),
        instant("expires_at", nullable=True),
        sa.Column("archive", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "state IN ('REQUESTED', 'READY', 'FAILED')", name=op.f("ck_data_export__state_known")
        ),
        sa.CheckConstraint(
            "(state = 'READY') = (archive IS NOT NULL)"
            " AND (state = 'READY') = (expires_at IS NOT NULL)",
            name=op.f("ck_data_export__ready_has_archive"),
        ),
        of_member("data_export"),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_data_export")),
    )
    op.create_index(
        "ix_data_export__expires_at",
        "data_export",
        ["expires_at"],
        postgresql_where=sa.text("expires_at IS NOT NULL"),
    )


def downgrade() -> None:
    for table in ("erasure", "data_export", "consent"):
        op.drop_table(table)
