"""Coupons with origin and holder, codes, issue runs."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

COUNTED = ("cursor", "seen", "issued", "had", "unknown", "short")


def instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def counted(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False)


def upgrade() -> None:
    _add_to_coupons()
    _create_runs()
    _create_codes()


def _add_to_coupons() -> None:
    op.add_column(
        "coupon",
        sa.Column("origin", sa.Text(), server_default=sa.text("'CLAIM'"), nullable=False),
    )
    op.add_column("coupon", sa.Column("cause", sa.Text(), nullable=True))
    op.add_column("coupon", sa.Column("order_id", sa.BigInteger(), nullable=True))
    op.create_check_constraint(
        op.f("ck_coupon__origin_known"), "coupon", "origin IN ('CLAIM', 'CODE', 'ISSUE', 'GRANT')"
    )
    op.create_check_constraint(
        op.f("ck_coupon__order_holds"),
        "coupon",
        "order_id IS NULL OR status IN ('RESERVED', 'REDEEMED')",
    )
    op.create_foreign_key(
        op.f("fk_coupon__user_id_order_id"),
        "coupon",
        "fuel_order",
        ["user_id", "order_id"],
        ["user_id", "id"],
    )
    op.create_index(
        "ix_coupon__user_id_cause",
        "coupon",
        ["user_id", "cause"],
        unique=True,
        postgresql_where=sa.text("cause IS NOT NULL"),
    )
    op.create_index(
        "ix_coupon__user_id_order_id",
        "coupon",
        ["user_id", "order_id"],
        postgresql_where=sa.text("order_id IS NOT NULL"),
    )
    op.create_index(
        "ix_coupon__valid_until_usable",
        "coupon",
        ["valid_until"],
        postgresql_where=sa.text("status = 'USABLE'"),
    )


def _create_runs() -> None:
    op.create_table(
        "coupon_run",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("batch_code", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        instant("started_at"),
        instant("finished_at", nullable=True),
        *(counted(name) for name in COUNTED),
        sa.CheckConstraint("kind IN ('ISSUE', 'CODES')", name=op.f("ck_coupon_run__kind_known")),
        *(
            sa.CheckConstraint(f"{name} >= 0", name=op.f(f"ck_coupon_run__{name}_not_negative"))
            for name in COUNTED
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupon_run")),
    )
    op.create_index(
        "ix_coupon_run__open",
        "coupon_run",
        ["batch_code"],
        postgresql_where=sa.text("finished_at IS NULL"),
    )


def _create_codes() -> None:
    op.create_table(
        "coupon_code",
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("batch_code", sa.Text(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("redeemed_by", sa.BigInteger(), nullable=True),
        instant("redeemed_at", nullable=True),
        instant("revoked_at", nullable=True),
        sa.CheckConstraint(
            "octet_length(code_hash) = 32", name=op.f("ck_coupon_code__code_hash_length")
        ),
        sa.CheckConstraint(
            "(redeemed_by IS NULL) = (redeemed_at IS NULL)",
            name=op.f("ck_coupon_code__redeemed_by_someone"),
        ),
        sa.CheckConstraint(
            "redeemed_at IS NULL OR revoked_at IS NULL",
            name=op.f("ck_coupon_code__redeemed_or_revoked"),
        ),
        sa.ForeignKeyConstraint(["run_id"], ["coupon_run.id"], name=op.f("fk_coupon_code__run_id")),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_coupon_code")),
    )
    op.create_index(op.f("ix_coupon_code__batch_code"), "coupon_code", ["batch_code"])
    op.create_index(op.f("ix_coupon_code__run_id"), "coupon_code", ["run_id"])
    op.create_table(
        "code_miss",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        instant("day_began_at"),
        counted("misses"),
        sa.CheckConstraint("misses >= 0", name=op.f("ck_code_miss__misses_not_negative")),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["member.user_id"],
            name=op.f("fk_code_miss__user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "day_began_at", name=op.f("pk_code_miss")),
    )


def downgrade() -> None:
    for table in ("code_miss", "coupon_code", "coupon_run"):
        op.drop_table(table)
    for index in ("valid_until_usable", "user_id_order_id", "user_id_cause"):
        op.drop_index(f"ix_coupon__{index}", table_name="coupon")
    op.drop_constraint(op.f("fk_coupon__user_id_order_id"), "coupon", type_="foreignkey")
    op.drop_constraint(op.f("ck_coupon__order_holds"), "coupon", type_="check")
    op.drop_constraint(op.f("ck_coupon__origin_known"), "coupon", type_="check")
    for column in ("order_id", "cause", "origin"):
        op.drop_column("coupon", column)
