"""What the fields of staff and services have at hand."""

from dataclasses import dataclass

from app.ports.applications import ApplicationRepository
from app.ports.audit import AuditSearch
from app.ports.funding import SettlementRepository
from app.ports.orders import OrderRegister
from app.ports.promotions import PromotionRegister
from app.ports.staff import StaffRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    staff: StaffRepository
    applications: ApplicationRepository
    promotions: PromotionRegister
    settlements: SettlementRepository
    audit: AuditSearch
    orders: OrderRegister
