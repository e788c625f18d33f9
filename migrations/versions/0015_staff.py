"""Staff, their roles, applications that sign members in, and service accounts."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ROLES = (
    "roles <@ ARRAY['DRIVER', 'STATION_STAFF', 'PARTNER_FINANCE', 'OPERATOR', 'REVIEWER',"
    " 'RISK_ANALYST', 'AUDITOR', 'SUPPORT', 'ADMINISTRATOR']"
)
SCOPES = (
    "scopes <@ ARRAY['promotion:read', 'promotion:write', 'promotion:approve',"
    " 'promotion:publish', 'settlement:read', 'audit:read', 'member:look-up', 'order:fulfil',"
    " 'access:grant']"
)
ACTORS = "'VIEWER', 'OPERATOR', 'SYSTEM'"


def upgrade() -> None:
    create_staff()
    create_clients()
    create_services()
    know_actors("'VIEWER', 'OPERATOR', 'STAFF', 'SERVICE', 'SYSTEM'")


def know_actors(listed: str) -> None:
    name = op.f("ck_audit_event__actor_kind_known")
    op.drop_constraint(name, "audit_event")
    op.create_check_constraint(name, "audit_event", f"actor_kind IN ({listed})")


def instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def words(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def listed(name: str, of: sa.types.TypeEngine[str] | sa.types.TypeEngine[int]) -> sa.Column[object]:
    return sa.Column(name, sa.ARRAY(of), server_default=sa.text("'{}'"), nullable=False)


def count(name: str, start: int = 0) -> sa.Column[object]:
    return sa.Column(name, sa.BigInteger(), server_default=sa.text(str(start)), nullable=False)


def sealed(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}__{name}"))


def number() -> sa.Column[object]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False)


def create_staff() -> None:
    op.create_table(
        "staff",
        number(),
        words("name"),
        words("folded_name"),
        listed("roles", sa.Text()),
        listed("station_ids", sa.BigInteger()),
        count("generation", 1),
        words("password_hash"),
        sealed("totp_sealed"),
        count("totp_step"),
        count("misses"),
        instant("locked_until", nullable=True),
        instant("added_at"),
        instant("disabled_at", nullable=True),
        check("staff", "roles_known", ROLES),
        check("staff", "roles_some", "cardinality(roles) > 0"),
        check("staff", "generation_positive", "generation > 0"),
        check("staff", "misses_not_negative", "misses >= 0"),
        check("staff", "totp_step_not_negative", "totp_step >= 0"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("folded_name", name=op.f("uq_staff__folded_name")),
    )
    op.create_table(
        "staff_recovery_code",
        sa.Column("staff_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sealed("code_hash"),
        instant("used_at", nullable=True),
        check("staff_recovery_code", "code_hash_length", "octet_length(code_hash) = 32"),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff.id"],
            name=op.f("fk_staff_recovery_code__staff_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("staff_id", "code_hash", name=op.f("pk_staff_recovery_code")),
    )


def create_clients() -> None:
    op.create_table(
        "oauth_client",
        words("client"),
        words("name"),
        listed("redirect_uris", sa.Text()),
        instant("added_at"),
        instant("disabled_at", nullable=True),
        check("oauth_client", "redirect_uris_some", "cardinality(redirect_uris) > 0"),
        sa.PrimaryKeyConstraint("client", name=op.f("pk_oauth_client")),
    )
    op.create_table(
        "oauth_code",
        sealed("code_hash"),
        words("client"),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        words("redirect_uri"),
        words("challenge"),
        words("device", nullable=True),
        instant("made_at"),
        instant("used_at", nullable=True),
        sa.Column("session_id", sa.BigInteger(), nullable=True),
        check("oauth_code", "code_hash_length", "octet_length(code_hash) = 32"),
        sa.ForeignKeyConstraint(
            ["client"], ["oauth_client.client"], name=op.f("fk_oauth_code__client")
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_oauth_code")),
    )
    op.create_index(op.f("ix_oauth_code__made_at"), "oauth_code", ["made_at"])


def create_services() -> None:
    op.create_table(
        "service_account",
        number(),
        words("name"),
        sealed("secret_hash"),
        listed("scopes", sa.Text()),
        words("added_by"),
        instant("added_at"),
        instant("revoked_at", nullable=True),
        instant("last_used_at", nullable=True),
        check("service_account", "scopes_known", SCOPES),
        check("service_account", "secret_hash_length", "octet_length(secret_hash) = 32"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_account")),
        sa.UniqueConstraint("name", name=op.f("uq_service_account__name")),
    )


def downgrade() -> None:
    op.execute(
        "UPDATE audit_event SET actor_kind = 'OPERATOR' WHERE actor_kind IN ('STAFF', 'SERVICE')"
    )
    know_actors(ACTORS)
    for table in (
        "service_account",
        "oauth_code",
        "oauth_client",
        "staff_recovery_code",
        "staff",
    ):
        op.drop_table(table)
