"""Idempotency records, audit records, and the job queue.

The queue's tables are Procrastinate's, made by its own numbered steps, which it ships with every
version and never changes: the steps up to QUEUE_STEP, whatever version is installed. Steps of a
later version belong into a later migration.
"""

import re
from importlib.resources import files

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ADDED_WORD = re.compile(r"^ALTER TYPE (\w+) ADD VALUE '(\w+)'.*;$", re.MULTILINE)
QUEUE_STEP = "03.04.00_50_post_add_retry_failed_job_procedure.sql"


def upgrade() -> None:
    make_requests()
    make_audit()
    make_queue()


def downgrade() -> None:
    drop_queue()
    op.drop_table("audit_event")
    op.drop_index(op.f("ix_idempotent_request__created_at"), table_name="idempotent_request")
    op.drop_table("idempotent_request")


def make_requests() -> None:
    op.create_table(
        "idempotent_request",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("input_hash", sa.Text(), nullable=False),
        sa.Column("answer", JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "key ~ '^[A-Za-z0-9_-]{1,64}$'", name=op.f("ck_idempotent_request__key_shape")
        ),
        sa.CheckConstraint(
            "input_hash ~ '^[0-9a-f]{64}$'", name=op.f("ck_idempotent_request__input_hash_shape")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["member.user_id"],
            name=op.f("fk_idempotent_request__user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "key", name=op.f("pk_idempotent_request")),
    )
    op.create_index(op.f("ix_idempotent_request__created_at"), "idempotent_request", ["created_at"])


def make_audit() -> None:
    op.create_table(
        "audit_event",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("device", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("before", JSONB(), nullable=False),
        sa.Column("after", JSONB(), nullable=False),
        sa.CheckConstraint("user_id >= 0", name=op.f("ck_audit_event__user_id_not_negative")),
        sa.CheckConstraint(
            "actor_kind IN ('VIEWER', 'OPERATOR', 'SYSTEM')",
            name=op.f("ck_audit_event__actor_kind_known"),
        ),
        sa.CheckConstraint(
            "channel IN ('MINI_PROGRAM', 'H5', 'APP')", name=op.f("ck_audit_event__channel_known")
        ),
        sa.CheckConstraint(
            "act ~ '^[a-z_]+([.][a-z_]+)+$'", name=op.f("ck_audit_event__act_shape")
        ),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_audit_event")),
    )
    op.create_index(
        "ix_audit_event__user_id_subject_id", "audit_event", ["user_id", "subject", "id"]
    )


def make_queue() -> None:
    for step in in_one_transaction(queue_steps()):
        op.get_bind().exec_driver_sql(step.replace("%", "%%"))
    op.create_table(
        "job_failure",
        sa.Column("job_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("attempt", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.CheckConstraint("attempt > 0", name=op.f("ck_job_failure__attempt_positive")),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_job_failure")),
    )


def queue_steps() -> list[str]:
    steps = files("procrastinate.sql") / "migrations"
    names = sorted(step.name for step in steps.iterdir() if step.name.endswith(".sql"))
    return [(steps / name).read_text("utf-8") for name in names[: names.index(QUEUE_STEP) + 1]]


def in_one_transaction(steps: list[str]) -> list[str]:
    """The same steps, with every word of an enum there from its beginning: before PostgreSQL 17, a
    word that was added is not to be used in the transaction that added it."""
    later: dict[str, str] = {}
    for enum, word in ADDED_WORD.findall("\n".join(steps)):
        later[enum] = f"{later.get(enum, '')} '{word}',"
    first, *others = steps
    for enum, words in later.items():
        first = first.replace(f"{enum} AS ENUM (", f"{enum} AS ENUM ({words}")
    return [first, *(ADDED_WORD.sub("", step) for step in others)]


def drop_queue() -> None:
    """Tables first, they lean on the types; then the functions, which lean on the tables' rows."""
    op.drop_table("job_failure")
    op.execute("""
        DO $$
        DECLARE dropping text;
        BEGIN
            FOR dropping IN
                SELECT 'FUNCTION ' || p.oid::regprocedure FROM pg_proc p
                WHERE p.pronamespace = 'public'::regnamespace
                AND starts_with(p.proname, 'procrastinate_')
                UNION ALL
                SELECT 'TABLE ' || c.oid::regclass FROM pg_class c
                WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
                AND starts_with(c.relname, 'procrastinate_')
            LOOP
                EXECUTE 'DROP ' || dropping || ' CASCADE';
            END LOOP;
            FOR dropping IN
                SELECT t.oid::regtype FROM pg_type t
                WHERE t.typnamespace = 'public'::regnamespace AND t.typtype IN ('e', 'c')
                AND starts_with(t.typname, 'procrastinate_')
            LOOP
                EXECUTE 'DROP TYPE ' || dropping;
            END LOOP;
        END;
        $$
    """)
