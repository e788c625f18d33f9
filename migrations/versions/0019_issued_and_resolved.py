"""Invoices that were issued, with their numbers; disputed payments that a person settled."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

PAID_IN_FULL = "ck_payment__paid_in_full"


def upgrade() -> None:
    op.add_column("invoice", sa.Column("number", sa.Text(), nullable=True))
    op.add_column("invoice", sa.Column("issued_on", sa.Date(), nullable=True))
    op.add_column("invoice", sa.Column("failure", sa.Text(), nullable=True))
    op.create_index(
        "uq_invoice__number",
        "invoice",
        ["number"],
        unique=True,
        postgresql_where=sa.text("number IS NOT NULL"),
    )
    op.create_check_constraint(
        op.f("ck_invoice__issued_numbered"),
        "invoice",
        "(status = 'ISSUED') = (number IS NOT NULL) AND (number IS NULL) = (issued_on IS NULL)",
    )
    op.create_index("ix_invoice__status_requested_at", "invoice", ["status", "requested_at"])
    op.add_column(
        "payment", sa.Column("return_asked_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.execute(
        "UPDATE payment SET return_asked_at = paid_at WHERE state IN ('RETURNING', 'RETURNED')"
    )
    op.drop_constraint(PAID_IN_FULL, "payment")
    op.create_check_constraint(
        op.f(PAID_IN_FULL), "payment", "state <> 'PAID' OR paid_fen = amount_fen"
    )
    op.create_index(
        "ix_payment__disputed",
        "payment",
        ["paid_at"],
        postgresql_where=sa.text("state = 'DISPUTED'"),
    )


def downgrade() -> None:
    """A returned payment of another amount than was asked is disputed again; an issued invoice,
    whose number is lost, is asked for again."""
    op.drop_index("ix_payment__disputed", "payment")
    op.execute(
        "UPDATE payment SET state = 'DISPUTED', returned_at = NULL "
        "WHERE state IN ('RETURNING', 'RETURNED') AND paid_fen <> amount_fen"
    )
    op.drop_constraint(PAID_IN_FULL, "payment")
    op.create_check_constraint(
        op.f(PAID_IN_FULL), "payment", "state = 'DISPUTED' OR paid_fen = amount_fen"
    )
    op.drop_column("payment", "return_asked_at")
    op.drop_index("ix_invoice__status_requested_at", "invoice")
    op.drop_constraint("ck_invoice__issued_numbered", "invoice")
    op.drop_index("uq_invoice__number", "invoice")
    op.execute("UPDATE invoice SET status = 'REQUESTED' WHERE status = 'ISSUED'")
    for column in ("failure", "issued_on", "number"):
        op.drop_column("invoice", column)
