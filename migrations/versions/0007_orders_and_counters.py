"""Orders with their frozen terms, and counters in several parts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

COUNTER_CHECKS = {
    "uses_granted": "uses <= granted_uses",
    "fen_granted": "fen <= granted_fen",
    "granted_uses_within": "granted_uses <= max_uses",
    "granted_fen_within": "granted_fen <= max_fen",
    "grants_of_bounds": (
        "(granted_uses IS NULL) = (max_uses IS NULL) AND (granted_fen IS NULL) = (max_fen IS NULL)"
    ),
    "slot_not_negative": "slot >= 0",
}
ORDER_CHECKS = {
    "paid_dated": "status IN ('PLACED', 'CANCELLED', 'EXPIRED') OR paid_at IS NOT NULL",
    "refunded_within": "refunded_fen BETWEEN 0 AND payable_fen",
    "refunded_lines_not_negative": "0 <= ALL (refunded_lines)",
}
ORDER_COLUMNS = (
    "quote_id",
    "nozzle_no",
    "terms",
    "pay_before",
    "paid_at",
    "fulfilled_at",
    "closed_at",
    "refunded_lines",
    "refunded_fen",
)
ORDER_INDEXES = {
    "ix_fuel_order__unpaid": ("pay_before", "status = 'PLACED'"),
    "ix_fuel_order__unfulfilled": (
        "paid_at",
        "fulfilled_at IS NULL AND status IN ('PAID', 'PARTIALLY_REFUNDED')",
    ),
    "ix_fuel_order__uncompleted": (
        "fulfilled_at",
        "completed_at IS NULL AND status IN ('FULFILLED', 'PARTIALLY_REFUNDED')",
    ),
}

TERMS_OF_OLDER_ORDERS = """
UPDATE fuel_order AS placed SET
    quote_id = 'before-' || placed.id,
    pay_before = placed_at,
    paid_at = completed_at,
    fulfilled_at = completed_at,
    closed_at = CASE WHEN status IN ('CANCELLED', 'EXPIRED') THEN placed_at
                     WHEN status = 'REFUNDED' THEN completed_at END,
    payment_method = coalesce(payment_method, 'WECHAT_PAY'),
    refunded_lines = ARRAY[CASE WHEN status = 'REFUNDED' THEN pump_amount_fen ELSE 0 END],
    refunded_fen = CASE WHEN status = 'REFUNDED' THEN payable_fen ELSE 0 END,
    terms = jsonb_strip_nulls(jsonb_build_object(
        'station_id', station.id,
        'station_code', station.code,
        'station_name', station.name,
        'time_zone', station.time_zone,
        'fuel_grade', fuel_grade,
        'pump_price_mill_per_litre',
            greatest(1, round(pump_amount_fen * 10000::numeric / greatest(volume_ml, 1))),
        'volume_ml', volume_ml,
        'pump_amount_fen', pump_amount_fen,
        'fee_fen', 0,
        'payable_fen', payable_fen,
        'unit_price_mill', round(payable_fen * 10000::numeric / greatest(volume_ml, 1)),
        'rule_version', '',
        'use_points', false,
        'applied', CASE WHEN discount_fen = 0 THEN jsonb '[]' ELSE jsonb_build_array(
            jsonb_build_object(
                'code', 'before-orders', 'lane', 'ACTIVITY', 'discount_fen', discount_fen,
                'title', jsonb_build_object('zh', '优惠', 'en', 'Discount'))) END,
        'ledger', jsonb_build_object('fee_fen', 0, 'lines', jsonb_build_array(
            jsonb_build_object('amount_fen', pump_amount_fen, 'parts',
                CASE WHEN discount_fen = 0 THEN jsonb '[]' ELSE jsonb_build_array(
                    jsonb_build_object(
                        'code', 'before-orders', 'funder', 'PLATFORM', 'fen', discount_fen))
                END))),
        'usage', jsonb '[]',
        'rewards', jsonb '[]'))
FROM station WHERE station.id = placed.station_id
"""
"""Orders of before are history: they were never paid through Youhui, and hold no offer's name."""


def upgrade() -> None:
    _widen_orders()
    _split_counters()
    op.execute("""
        INSERT INTO promotion_counter (code, per, subject, period, period_start, uses)
        SELECT batch_code, 'TOTAL', '', 'EVER', '1970-01-01', issued FROM batch_stock
    """)
    op.drop_table("batch_stock")


def downgrade() -> None:
    op.create_table(
        "batch_stock",
        sa.Column("batch_code", sa.Text(), nullable=False),
        sa.Column("issued", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("issued >= 0", name=op.f("ck_batch_stock__issued_not_negative")),
        sa.PrimaryKeyConstraint("batch_code", name=op.f("pk_batch_stock")),
    )
    op.execute("""
        INSERT INTO batch_stock (batch_code, issued)
        SELECT batch_code, (SELECT coalesce(sum(uses), 0) FROM promotion_counter
                            WHERE code = batch_code AND per = 'TOTAL' AND period = 'EVER')
        FROM (SELECT DISTINCT batch_code FROM coupon) AS issued
    """)
    for name in COUNTER_CHECKS:
        op.drop_constraint(op.f(f"ck_promotion_counter__{name}"), "promotion_counter")
    op.execute("""
        UPDATE promotion_counter AS first SET uses = whole.uses, fen = whole.fen
        FROM (SELECT code, per, subject, period, period_start, sum(uses) AS uses, sum(fen) AS fen
              FROM promotion_counter GROUP BY 1, 2, 3, 4, 5) AS whole
        WHERE (first.code, first.per, first.subject, first.period, first.period_start, first.slot)
            = (whole.code, whole.per, whole.subject, whole.period, whole.period_start, 0)
    """)
    op.execute("DELETE FROM promotion_counter WHERE slot > 0")
    op.drop_constraint(op.f("pk_promotion_counter"), "promotion_counter")
    for column in ("slot", "granted_uses", "granted_fen", "max_uses", "max_fen"):
        op.drop_column("promotion_counter", column)
    op.create_primary_key(
        op.f("pk_promotion_counter"),
        "promotion_counter",
        ["code", "per", "subject", "period", "period_start"],
    )
    for name in (*ORDER_INDEXES, "ix_fuel_order__user_id_placed_at_id"):
        op.drop_index(name, table_name="fuel_order")
    for name in ORDER_CHECKS:
        op.drop_constraint(op.f(f"ck_fuel_order__{name}"), "fuel_order")
    op.drop_constraint(op.f("uq_fuel_order__user_id_quote_id"), "fuel_order")
    for column in ORDER_COLUMNS:
        op.drop_column("fuel_order", column)
    op.alter_column("fuel_order", "payment_method", nullable=True)


def _widen_orders() -> None:
    instants = ("pay_before", "paid_at", "fulfilled_at", "closed_at")
    columns = (
        sa.Column("quote_id", sa.Text()),
        sa.Column("nozzle_no", sa.Text()),
        sa.Column("terms", JSONB()),
        *(sa.Column(name, sa.DateTime(timezone=True)) for name in instants),
        sa.Column("refunded_lines", sa.ARRAY(sa.BigInteger())),
        sa.Column("refunded_fen", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
    )
    for column in columns:
        op.add_column("fuel_order", column)
    op.execute(TERMS_OF_OLDER_ORDERS)
    for name in ("quote_id", "terms", "pay_before", "refunded_lines", "payment_method"):
        op.alter_column("fuel_order", name, nullable=False)
    op.create_unique_constraint(
        op.f("uq_fuel_order__user_id_quote_id"), "fuel_order", ["user_id", "quote_id"]
    )
    for name, rule in ORDER_CHECKS.items():
        op.create_check_constraint(op.f(f"ck_fuel_order__{name}"), "fuel_order", rule)
    op.create_index(
        "ix_fuel_order__user_id_placed_at_id", "fuel_order", ["user_id", "placed_at", "id"]
    )
    for name, (column, rule) in ORDER_INDEXES.items():
        op.create_index(name, "fuel_order", [column], postgresql_where=sa.text(rule))


def _split_counters() -> None:
    op.add_column(
        "promotion_counter",
        sa.Column("slot", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
    )
    for column in ("granted_uses", "granted_fen", "max_uses", "max_fen"):
        op.add_column("promotion_counter", sa.Column(column, sa.BigInteger()))
    op.drop_constraint(op.f("pk_promotion_counter"), "promotion_counter")
    op.create_primary_key(
        op.f("pk_promotion_counter"),
        "promotion_counter",
        ["code", "per", "subject", "period", "period_start", "slot"],
    )
    for name, rule in COUNTER_CHECKS.items():
        op.create_check_constraint(op.f(f"ck_promotion_counter__{name}"), "promotion_counter", rule)
