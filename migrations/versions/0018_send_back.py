"""A submitted or approved version can be sent back to its author."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

NAME = "ck_promotion_step__act_known"
BEFORE = (
    "'DRAFT', 'SUBMIT', 'APPROVE', 'PUBLISH', 'PUBLISH_UNREVIEWED', 'PAUSE', 'RESUME', 'END', "
    "'REPLACE'"
)
NOW = BEFORE.replace("'PUBLISH', ", "'SEND_BACK', 'PUBLISH', ")


def upgrade() -> None:
    _know(NOW)


def downgrade() -> None:
    """What was sent back reads as drafted again, with the act's name in its note."""
    op.execute(
        "UPDATE promotion_step SET act = 'DRAFT', note = concat_ws(': ', act, note) "
        "WHERE act = 'SEND_BACK'"
    )
    _know(BEFORE)


def _know(acts: str) -> None:
    op.drop_constraint(NAME, "promotion_step")
    op.create_check_constraint(op.f(NAME), "promotion_step", f"act IN ({acts})")
