"""Enums of the contract. Those that follow a list of the engine's derive from it."""

from enum import Enum
from typing import cast

import strawberry

from app.domain.audit.record import ActorKind
from app.domain.checkout.quote import PriceLineKind, UnlockKind
from app.domain.checkout.warnings import WarningCode
from app.domain.identity.permissions import Permission
from app.domain.identity.roles import Role
from app.domain.loyalty.entry import EntryKind as StatementKind
from app.domain.orders.actions import OrderAction
from app.domain.orders.status import OrderStatus
from app.domain.profiles.member import MemberTier, Theme, Topic
from app.domain.profiles.usual import FillOrigin
from app.domain.promotions.benefits import BENEFIT_KINDS
from app.domain.promotions.benefits.reward import RewardKind
from app.domain.promotions.claims import ClaimState
from app.domain.promotions.lifecycle import Act as PromotionAct
from app.domain.promotions.lifecycle import State as PromotionState
from app.domain.promotions.reason import Outcome, ReasonCode
from app.domain.promotions.terms import Lane
from app.domain.recommendation.ranking import Ordering
from app.domain.referral.invitee import InviteeState
from app.domain.shared.channel import Channel
from app.domain.shared.fuel import FuelGrade
from app.domain.shared.funder import Funder
from app.domain.shared.payment import PaymentMethod, PaymentScene
from app.domain.stations.geo import Datum
from app.domain.wallet.coupon import CouponStatus
from app.resolvers.refusals import Advice, ErrorCode

__all__ = [
    "ActorKind",
    "Advice",
    "BenefitKind",
    "Channel",
    "ClaimState",
    "CouponStatus",
    "Datum",
    "ErrorCode",
    "FillOrigin",
    "FuelGrade",
    "Funder",
    "InviteeState",
    "Lane",
    "MemberTier",
    "OrderAction",
    "OrderStatus",
    "Ordering",
    "Outcome",
    "PaymentMethod",
    "PaymentScene",
    "Permission",
    "PriceLineKind",
    "PromotionAct",
    "PromotionState",
    "ReasonCode",
    "RewardKind",
    "Role",
    "StatementKind",
    "Theme",
    "Topic",
    "UnlockKind",
    "WarningCode",
]

# The checker cannot see that a call with a computed list makes a class.
BenefitKind = cast(
    "type[Enum]", Enum("BenefitKind", {kind: kind for kind in BENEFIT_KINDS}, module=__name__)
)


strawberry.enum(BenefitKind, description="Follows the engine's list of benefits.")
strawberry.enum(
    ReasonCode,
    description="Follows the engine's list of conditions, plus the outcomes of the search.",
)
strawberry.enum(
    FuelGrade, description="Litre-sold grades. LNG (kg) and CNG (m³) join with a unit of their own."
)
strawberry.enum(Advice, description="Closed: new values are a breaking change.")
strawberry.enum(Datum, name="CoordinateDatum")
strawberry.enum(PromotionAct, name="PromotionAct")
strawberry.enum(PromotionState, name="PromotionState")
strawberry.enum(Ordering, name="StationSort")
strawberry.enum(PaymentScene, description="Where the pay sheet opens.")
strawberry.enum(StatementKind, name="StatementKind")
for _enum in (
    Channel,
    ClaimState,
    CouponStatus,
    ErrorCode,
    FillOrigin,
    InviteeState,
    Lane,
    MemberTier,
    OrderAction,
    OrderStatus,
    Outcome,
    PaymentMethod,
    PriceLineKind,
    RewardKind,
    Role,
    Theme,
    Topic,
    UnlockKind,
    WarningCode,
):
    strawberry.enum(_enum)
