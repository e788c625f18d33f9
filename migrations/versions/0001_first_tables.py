"""The first tables: stations, prices, promotions, members, wallets, orders."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Frozen as of this migration: a word that joins later comes with a migration of its own.
FUEL_GRADES = (
    "('GASOLINE_89', 'GASOLINE_92', 'GASOLINE_95', 'GASOLINE_98',"
    " 'DIESEL_0', 'DIESEL_MINUS_10', 'DIESEL_MINUS_20', 'DIESEL_MINUS_35')"
)
PAYMENT_METHODS = "('WECHAT_PAY', 'ALIPAY', 'UNIONPAY', 'FUEL_CARD', 'STORED_VALUE', 'FUEL_CREDIT')"
ORDER_STATUSES = (
    "('PLACED', 'PAID', 'FULFILLED', 'COMPLETED', 'CANCELLED', 'EXPIRED',"
    " 'REFUNDING', 'REFUNDED', 'PARTIALLY_REFUNDED')"
)


def upgrade() -> None:
    op.create_table(
        "amenity",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("icon_url", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_amenity")),
    )
    op.create_table(
        "batch_stock",
        sa.Column("batch_code", sa.Text(), nullable=False),
        sa.Column("issued", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("issued >= 0", name=op.f("ck_batch_stock__issued_not_negative")),
        sa.PrimaryKeyConstraint("batch_code", name=op.f("pk_batch_stock")),
    )
    op.create_table(
        "brand",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("icon_url", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_brand")),
    )
    op.create_table(
        "catalog_version",
        sa.Column("single", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("single", name=op.f("ck_catalog_version__one_row")),
        sa.CheckConstraint("version > 0", name=op.f("ck_catalog_version__version_positive")),
        sa.PrimaryKeyConstraint("single", name=op.f("pk_catalog_version")),
    )
    op.create_table(
        "member",
        sa.Column("user_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("nickname", sa.Text(), nullable=True),
        sa.Column("phone_masked", sa.Text(), nullable=True),
        sa.Column("tier", sa.Text(), server_default=sa.text("'BASIC'"), nullable=False),
        sa.Column("segments", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column(
            "joined_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "position('*' IN phone_masked) > 0", name=op.f("ck_member__phone_masked")
        ),
        sa.CheckConstraint(
            "tier IN ('BASIC', 'SILVER', 'GOLD', 'PLATINUM')", name=op.f("ck_member__tier_known")
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_member")),
    )
    op.create_table(
        "price_zone",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("province_code", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("province_name", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_price_zone")),
        sa.UniqueConstraint(
            "province_code", "zone", name=op.f("uq_price_zone__province_code_zone")
        ),
    )
    op.create_table(
        "promotion_version",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "published_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "document ->> 'code' = code", name=op.f("ck_promotion_version__document_code")
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_promotion_version__version_positive")),
        sa.PrimaryKeyConstraint("code", "version", name=op.f("pk_promotion_version")),
    )
    op.create_table(
        "region",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("latitude_e7", sa.BigInteger(), nullable=False),
        sa.Column("longitude_e7", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "latitude_e7 BETWEEN -900000000 AND 900000000", name=op.f("ck_region__latitude_range")
        ),
        sa.CheckConstraint(
            "longitude_e7 BETWEEN -1800000000 AND 1800000000",
            name=op.f("ck_region__longitude_range"),
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_region")),
    )
    op.create_table(
        "ceiling_price",
        sa.Column("zone_code", sa.Text(), nullable=False),
        sa.Column("fuel_grade", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("price_mill_per_litre", sa.BigInteger(), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=True),
        sa.CheckConstraint(
            f"fuel_grade IN {FUEL_GRADES}",
            name=op.f("ck_ceiling_price__fuel_grade_known"),
        ),
        sa.CheckConstraint(
            "price_mill_per_litre > 0", name=op.f("ck_ceiling_price__price_mill_per_litre_positive")
        ),
        sa.ForeignKeyConstraint(
            ["zone_code"], ["price_zone.code"], name=op.f("fk_ceiling_price__zone_code")
        ),
        sa.PrimaryKeyConstraint(
            "zone_code", "fuel_grade", "effective_from", name=op.f("pk_ceiling_price")
        ),
    )
    op.create_table(
        "coupon",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("batch_code", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'USABLE'"), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('USABLE', 'RESERVED', 'REDEEMED', 'EXPIRED', 'REVOKED')",
            name=op.f("ck_coupon__status_known"),
        ),
        sa.CheckConstraint("valid_from < valid_until", name=op.f("ck_coupon__valid_span")),
        sa.ForeignKeyConstraint(["user_id"], ["member.user_id"], name=op.f("fk_coupon__user_id")),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_coupon")),
    )
    op.create_index(
        "ix_coupon__user_id_id_open",
        "coupon",
        ["user_id", "id"],
        unique=False,
        postgresql_where=sa.text("status IN ('USABLE', 'RESERVED')"),
    )
    op.create_index(
        "ix_coupon__user_id_valid_until_id",
        "coupon",
        ["user_id", "valid_until", "id"],
        unique=False,
    )
    op.create_table(
        "member_preferences",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("theme", sa.Text(), server_default=sa.text("'SYSTEM'"), nullable=False),
        sa.Column("language", sa.Text(), server_default=sa.text("'zh-CN'"), nullable=False),
        sa.Column("usual_fuel_grade", sa.Text(), nullable=True),
        sa.Column("usual_pump_amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("usual_volume_ml", sa.BigInteger(), nullable=True),
        sa.Column("usual_payment_method", sa.Text(), nullable=True),
        sa.Column("use_points", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("personalised", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "topics_off", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.CheckConstraint(
            "language IN ('zh-CN', 'en')", name=op.f("ck_member_preferences__language_known")
        ),
        sa.CheckConstraint(
            "theme IN ('SYSTEM', 'LIGHT', 'DARK')", name=op.f("ck_member_preferences__theme_known")
        ),
        sa.CheckConstraint(
            "topics_off <@ ARRAY['OFFERS', 'COUPON_EXPIRY', 'PRICE_CHANGE', 'ORDER', 'REFERRAL']",
            name=op.f("ck_member_preferences__topics_off_known"),
        ),
        sa.CheckConstraint(
            f"usual_fuel_grade IN {FUEL_GRADES}",
            name=op.f("ck_member_preferences__usual_fuel_grade_known"),
        ),
        sa.CheckConstraint(
            f"usual_payment_method IN {PAYMENT_METHODS}",
            name=op.f("ck_member_preferences__usual_payment_method_known"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(usual_pump_amount_fen, usual_volume_ml) <= 1",
            name=op.f("ck_member_preferences__one_usual_fill"),
        ),
        sa.CheckConstraint(
            "usual_pump_amount_fen > 0",
            name=op.f("ck_member_preferences__usual_pump_amount_fen_positive"),
        ),
        sa.CheckConstraint(
            "usual_volume_ml > 0", name=op.f("ck_member_preferences__usual_volume_ml_positive")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["member.user_id"],
            name=op.f("fk_member_preferences__user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_member_preferences")),
    )
    op.create_table(
        "points_account",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("available", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("pending", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("expiring_soon", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("expiring_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "available >= 0", name=op.f("ck_points_account__available_not_negative")
        ),
        sa.CheckConstraint(
            "expiring_soon = 0 OR expiring_at IS NOT NULL",
            name=op.f("ck_points_account__expiring_dated"),
        ),
        sa.CheckConstraint(
            "expiring_soon BETWEEN 0 AND available", name=op.f("ck_points_account__expiring_part")
        ),
        sa.CheckConstraint("pending >= 0", name=op.f("ck_points_account__pending_not_negative")),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["member.user_id"],
            name=op.f("fk_points_account__user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_points_account")),
    )
    op.create_table(
        "promotion_live",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["code", "version"],
            ["promotion_version.code", "promotion_version.version"],
            name=op.f("fk_promotion_live__code_version"),
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_promotion_live")),
    )
    op.create_table(
        "station",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("brand_code", sa.Text(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("price_zone_code", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("latitude_e7", sa.BigInteger(), nullable=False),
        sa.Column("longitude_e7", sa.BigInteger(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column(
            "opening",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("amenities", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("tags", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("remoteness", sa.Text(), server_default=sa.text("'URBAN'"), nullable=False),
        sa.Column(
            "peak_hours",
            sa.ARRAY(sa.SmallInteger()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("service_fee_fen", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("generated", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("image_url", sa.Text(), nullable=True),
        sa.Column("source_updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("code ~ '^[^:]+:.+$'", name=op.f("ck_station__code_form")),
        sa.CheckConstraint(
            "jsonb_typeof(opening) = 'array'", name=op.f("ck_station__opening_list")
        ),
        sa.CheckConstraint("name <> ''", name=op.f("ck_station__name_given")),
        sa.CheckConstraint(
            "remoteness IN ('URBAN', 'SUBURBAN', 'REMOTE')",
            name=op.f("ck_station__remoteness_known"),
        ),
        sa.CheckConstraint(
            "0 <= ALL (peak_hours) AND 23 >= ALL (peak_hours)",
            name=op.f("ck_station__peak_hours_range"),
        ),
        sa.CheckConstraint(
            "latitude_e7 BETWEEN -900000000 AND 900000000", name=op.f("ck_station__latitude_range")
        ),
        sa.CheckConstraint(
            "longitude_e7 BETWEEN -1800000000 AND 1800000000",
            name=op.f("ck_station__longitude_range"),
        ),
        sa.CheckConstraint(
            "service_fee_fen >= 0", name=op.f("ck_station__service_fee_fen_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["brand_code"], ["brand.code"], name=op.f("fk_station__brand_code")
        ),
        sa.ForeignKeyConstraint(
            ["price_zone_code"], ["price_zone.code"], name=op.f("fk_station__price_zone_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station")),
        sa.UniqueConstraint("code", name=op.f("uq_station__code")),
    )
    op.create_index(op.f("ix_station__brand_code"), "station", ["brand_code"], unique=False)
    op.create_index(
        op.f("ix_station__price_zone_code"), "station", ["price_zone_code"], unique=False
    )
    op.create_table(
        "favourite_station",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("station_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "added_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["station.id"],
            name=op.f("fk_favourite_station__station_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["member.user_id"],
            name=op.f("fk_favourite_station__user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "station_id", name=op.f("pk_favourite_station")),
    )
    op.create_index(
        op.f("ix_favourite_station__station_id"), "favourite_station", ["station_id"], unique=False
    )
    op.create_table(
        "fuel_order",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("station_id", sa.BigInteger(), nullable=False),
        sa.Column("fuel_grade", sa.Text(), nullable=False),
        sa.Column("fuel_type", sa.Text(), nullable=False),
        sa.Column("pump_amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("volume_ml", sa.BigInteger(), nullable=False),
        sa.Column("discount_fen", sa.BigInteger(), nullable=False),
        sa.Column("payable_fen", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("payment_method", sa.Text(), nullable=True),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(fuel_type = 'DIESEL') = starts_with(fuel_grade, 'DIESEL')",
            name=op.f("ck_fuel_order__type_of_grade"),
        ),
        sa.CheckConstraint(
            f"fuel_grade IN {FUEL_GRADES}",
            name=op.f("ck_fuel_order__fuel_grade_known"),
        ),
        sa.CheckConstraint(
            "fuel_type IN ('GASOLINE', 'DIESEL')", name=op.f("ck_fuel_order__fuel_type_known")
        ),
        sa.CheckConstraint(
            f"payment_method IN {PAYMENT_METHODS}",
            name=op.f("ck_fuel_order__payment_method_known"),
        ),
        sa.CheckConstraint(
            "status <> 'COMPLETED' OR completed_at IS NOT NULL",
            name=op.f("ck_fuel_order__completed_dated"),
        ),
        sa.CheckConstraint(
            f"status IN {ORDER_STATUSES}",
            name=op.f("ck_fuel_order__status_known"),
        ),
        sa.CheckConstraint(
            "completed_at >= placed_at", name=op.f("ck_fuel_order__completed_after_placed")
        ),
        sa.CheckConstraint(
            "discount_fen >= 0", name=op.f("ck_fuel_order__discount_fen_not_negative")
        ),
        sa.CheckConstraint(
            "payable_fen >= 0", name=op.f("ck_fuel_order__payable_fen_not_negative")
        ),
        sa.CheckConstraint(
            "pump_amount_fen > 0", name=op.f("ck_fuel_order__pump_amount_fen_positive")
        ),
        sa.CheckConstraint("volume_ml >= 0", name=op.f("ck_fuel_order__volume_ml_not_negative")),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("fk_fuel_order__station_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["member.user_id"], name=op.f("fk_fuel_order__user_id")
        ),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_fuel_order")),
    )
    op.create_index(op.f("ix_fuel_order__station_id"), "fuel_order", ["station_id"], unique=False)
    op.create_index(
        "ix_fuel_order__user_id_completed",
        "fuel_order",
        [
            "user_id",
            "fuel_type",
            sa.literal_column("completed_at DESC"),
            sa.literal_column("id DESC"),
        ],
        unique=False,
        postgresql_where=sa.text("completed_at IS NOT NULL"),
    )
    op.create_table(
        "station_product",
        sa.Column("station_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("fuel_grade", sa.Text(), nullable=False),
        sa.Column("nozzles", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column(
            "floor_price_mill_per_litre",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.CheckConstraint(
            f"fuel_grade IN {FUEL_GRADES}",
            name=op.f("ck_station_product__fuel_grade_known"),
        ),
        sa.CheckConstraint(
            "floor_price_mill_per_litre >= 0",
            name=op.f("ck_station_product__floor_price_mill_per_litre_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["station.id"],
            name=op.f("fk_station_product__station_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("station_id", "fuel_grade", name=op.f("pk_station_product")),
    )
    op.create_table(
        "pump_price",
        sa.Column("station_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("fuel_grade", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("price_mill_per_litre", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "price_mill_per_litre > 0", name=op.f("ck_pump_price__price_mill_per_litre_positive")
        ),
        sa.ForeignKeyConstraint(
            ["station_id", "fuel_grade"],
            ["station_product.station_id", "station_product.fuel_grade"],
            name=op.f("fk_pump_price__station_id_fuel_grade"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "station_id", "fuel_grade", "effective_from", name=op.f("pk_pump_price")
        ),
    )


def downgrade() -> None:
    op.drop_table("pump_price")
    op.drop_table("station_product")
    op.drop_index(
        "ix_fuel_order__user_id_completed",
        table_name="fuel_order",
        postgresql_where=sa.text("completed_at IS NOT NULL"),
    )
    op.drop_index(op.f("ix_fuel_order__station_id"), table_name="fuel_order")
    op.drop_table("fuel_order")
    op.drop_index(op.f("ix_favourite_station__station_id"), table_name="favourite_station")
    op.drop_table("favourite_station")
    op.drop_index(op.f("ix_station__price_zone_code"), table_name="station")
    op.drop_index(op.f("ix_station__brand_code"), table_name="station")
    op.drop_table("station")
    op.drop_table("promotion_live")
    op.drop_table("points_account")
    op.drop_table("member_preferences")
    op.drop_index("ix_coupon__user_id_valid_until_id", table_name="coupon")
    op.drop_index(
        "ix_coupon__user_id_id_open",
        table_name="coupon",
        postgresql_where=sa.text("status IN ('USABLE', 'RESERVED')"),
    )
    op.drop_table("coupon")
    op.drop_table("ceiling_price")
    op.drop_table("region")
    op.drop_table("promotion_version")
    op.drop_table("price_zone")
    op.drop_table("member")
    op.drop_table("catalog_version")
    op.drop_table("brand")
    op.drop_table("batch_stock")
    op.drop_table("amenity")
