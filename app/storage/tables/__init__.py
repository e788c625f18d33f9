"""All tables, one file a context. Importing this package fills `metadata`."""

from app.storage.tables.accounts import (
    LedgerEntryRow,
    LedgerLotRow,
    LedgerPostingRow,
    LoyaltyAccountRow,
)
from app.storage.tables.audit import AuditEventRow
from app.storage.tables.base import Row, table_of
from app.storage.tables.catalog import CatalogVersionRow
from app.storage.tables.contract import ContractUsageRow
from app.storage.tables.coupons import CodeMissRow, CouponCodeRow, CouponRunRow
from app.storage.tables.identities import (
    IdentityRow,
    JoinedAccountRow,
    MemberPhoneRow,
    SmsCodeRow,
    SmsCountRow,
)
from app.storage.tables.jobs import JobFailureRow
from app.storage.tables.members import FavouriteStationRow, MemberPreferencesRow, MemberRow
from app.storage.tables.order_life import FundingEntryRow, InvoiceRow, OrderRefundRow
from app.storage.tables.orders import FuelOrderRow
from app.storage.tables.payments import PaymentNoticeRow, PaymentRow, StrayNoticeRow
from app.storage.tables.prices import CeilingPriceRow, PriceZoneRow, PumpPriceRow
from app.storage.tables.privacy import ConsentRow, DataExportRow, ErasureRow
from app.storage.tables.promotions import (
    PromotionLiveRow,
    PromotionStepRow,
    PromotionVersionRow,
)
from app.storage.tables.referrals import (
    ReferralCodeRow,
    ReferralRow,
    ReferralRulesRow,
    ReferrerRow,
)
from app.storage.tables.requests import IdempotentRequestRow
from app.storage.tables.seeding import SeedMarkRow
from app.storage.tables.sessions import MemberSessionRow
from app.storage.tables.staff import (
    OAuthClientRow,
    OAuthCodeRow,
    ServiceAccountRow,
    StaffRecoveryCodeRow,
    StaffRow,
)
from app.storage.tables.stations import (
    AmenityRow,
    BrandRow,
    RegionRow,
    StationProductRow,
    StationRow,
)
from app.storage.tables.usage import PromotionCounterRow, PromotionUsageRow
from app.storage.tables.wallets import CouponRow

metadata = Row.metadata

USER_OWNED = (
    MemberRow,
    MemberPreferencesRow,
    MemberSessionRow,
    FavouriteStationRow,
    CouponRow,
    CodeMissRow,
    FuelOrderRow,
    PromotionUsageRow,
    IdempotentRequestRow,
    AuditEventRow,
    OrderRefundRow,
    InvoiceRow,
    FundingEntryRow,
    PaymentRow,
    PaymentNoticeRow,
    LoyaltyAccountRow,
    LedgerEntryRow,
    LedgerPostingRow,
    LedgerLotRow,
    ReferrerRow,
    ReferralRow,
    ConsentRow,
    DataExportRow,
    ErasureRow,
)
"""Tables that shard by `user_id`; all others are reference tables."""

__all__ = [
    "USER_OWNED",
    "AmenityRow",
    "AuditEventRow",
    "BrandRow",
    "CatalogVersionRow",
    "CeilingPriceRow",
    "CodeMissRow",
    "ConsentRow",
    "ContractUsageRow",
    "CouponCodeRow",
    "CouponRow",
    "CouponRunRow",
    "DataExportRow",
    "ErasureRow",
    "FavouriteStationRow",
    "FuelOrderRow",
    "FundingEntryRow",
    "IdempotentRequestRow",
    "IdentityRow",
    "InvoiceRow",
    "JobFailureRow",
    "JoinedAccountRow",
    "LedgerEntryRow",
    "LedgerLotRow",
    "LedgerPostingRow",
    "LoyaltyAccountRow",
    "MemberPhoneRow",
    "MemberPreferencesRow",
    "MemberRow",
    "MemberSessionRow",
    "OAuthClientRow",
    "OAuthCodeRow",
    "OrderRefundRow",
    "PaymentNoticeRow",
    "PaymentRow",
    "PriceZoneRow",
    "PromotionCounterRow",
    "PromotionLiveRow",
    "PromotionStepRow",
    "PromotionUsageRow",
    "PromotionVersionRow",
    "PumpPriceRow",
    "ReferralCodeRow",
    "ReferralRow",
    "ReferralRulesRow",
    "ReferrerRow",
    "RegionRow",
    "SeedMarkRow",
    "ServiceAccountRow",
    "SmsCodeRow",
    "SmsCountRow",
    "StaffRecoveryCodeRow",
    "StaffRow",
    "StationProductRow",
    "StationRow",
    "StrayNoticeRow",
    "metadata",
    "table_of",
]
