"""Identities of members: who they are at a provider, their phones, sealed, and one-time passwords."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

OCCASIONS = "'ORDER', 'REFERRAL', 'VALIDITY', 'OPENING'"


def upgrade() -> None:
    create_identity()
    create_phones()
    create_sms()
    know_occasions(f"{OCCASIONS}, 'JOINING'")
    # A code that came with a joined account still names its owner, beside the owner's own.
    op.add_column("referral_code", sa.Column("former_owner_id", sa.BigInteger(), nullable=True))
    op.drop_constraint("uq_referral_code__owner_id", "referral_code")
    op.create_index(
        "uq_referral_code__owner_id_own",
        "referral_code",
        ["owner_id"],
        unique=True,
        postgresql_where=sa.text("former_owner_id IS NULL"),
    )
    op.create_index("ix_referral_code__owner_id", "referral_code", ["owner_id"])


def know_occasions(listed: str) -> None:
    for table in ("ledger_entry", "ledger_lot"):
        name = op.f(f"ck_{table}__occasion_known")
        op.drop_constraint(name, table)
        op.create_check_constraint(name, table, f"occasion IN ({listed})")


def instant(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def hash_of(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def of_32_bytes(table: str, column: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(
        f"octet_length({column}) = 32", name=op.f(f"ck_{table}__{column}_length")
    )


def create_identity() -> None:
    op.create_table(
        "identity",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("app_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("union_id", sa.Text(), nullable=True),
        instant("first_at"),
        instant("last_at"),
        sa.CheckConstraint(
            "provider IN ('WECHAT_MINI_PROGRAM', 'WECHAT_WEB')",
            name=op.f("ck_identity__provider_known"),
        ),
        sa.PrimaryKeyConstraint("provider", "app_id", "subject", name=op.f("pk_identity")),
    )
    op.create_index(
        "ix_identity__union_id",
        "identity",
        ["union_id"],
        postgresql_where=sa.text("union_id IS NOT NULL"),
    )
    op.create_index(
        "ix_identity__owner_id_provider_app_id", "identity", ["owner_id", "provider", "app_id"]
    )


def create_phones() -> None:
    op.create_table(
        "member_phone",
        hash_of("phone_hash"),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        hash_of("sealed"),
        instant("bound_at"),
        of_32_bytes("member_phone", "phone_hash"),
        sa.PrimaryKeyConstraint("phone_hash", name=op.f("pk_member_phone")),
        sa.UniqueConstraint("owner_id", name=op.f("uq_member_phone__owner_id")),
    )
    op.create_table(
        "joined_account",
        sa.Column("joined_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        instant("joined_at"),
        sa.CheckConstraint("joined_id <> owner_id", name=op.f("ck_joined_account__not_itself")),
        sa.PrimaryKeyConstraint("joined_id", name=op.f("pk_joined_account")),
    )
    op.create_index(op.f("ix_joined_account__owner_id"), "joined_account", ["owner_id"])


def create_sms() -> None:
    op.create_table(
        "sms_code",
        hash_of("phone_hash"),
        hash_of("code_hash"),
        instant("made_at"),
        sa.Column("misses", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("used", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        of_32_bytes("sms_code", "phone_hash"),
        of_32_bytes("sms_code", "code_hash"),
        sa.CheckConstraint("misses >= 0", name=op.f("ck_sms_code__misses_not_negative")),
        sa.PrimaryKeyConstraint("phone_hash", name=op.f("pk_sms_code")),
    )
    op.create_index(op.f("ix_sms_code__made_at"), "sms_code", ["made_at"])
    op.create_table(
        "sms_count",
        hash_of("subject_hash"),
        instant("day_began_at"),
        sa.Column("sent", sa.BigInteger(), nullable=False),
        of_32_bytes("sms_count", "subject_hash"),
        sa.CheckConstraint("sent >= 0", name=op.f("ck_sms_count__sent_not_negative")),
        sa.PrimaryKeyConstraint("subject_hash", "day_began_at", name=op.f("pk_sms_count")),
    )
    op.create_index(op.f("ix_sms_count__day_began_at"), "sms_count", ["day_began_at"])


def downgrade() -> None:
    op.drop_index("ix_referral_code__owner_id", "referral_code")
    op.drop_index("uq_referral_code__owner_id_own", "referral_code")
    # A member has one code again: its own, or where it has none the first.
    op.execute("DELETE FROM referral_code WHERE former_owner_id IS NOT NULL")
    op.drop_column("referral_code", "former_owner_id")
    op.create_unique_constraint("uq_referral_code__owner_id", "referral_code", ["owner_id"])
    op.execute("UPDATE ledger_entry SET occasion = 'OPENING' WHERE occasion = 'JOINING'")
    know_occasions(OCCASIONS)
    for table in ("sms_count", "sms_code", "joined_account", "member_phone", "identity"):
        op.drop_table(table)
