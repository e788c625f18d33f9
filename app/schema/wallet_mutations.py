"""Coupons that the viewer takes: by a tap, or by a code."""

import strawberry

from app.resolvers import claims as resolve
from app.schema import ids
from app.schema.access import OWN, access
from app.schema.errors import UserError, user_error
from app.schema.info import Info, words_of
from app.schema.offers import Offer
from app.schema.wallet import Coupon, CouponWallet


@strawberry.input
class ClaimOfferInput:
    offer_id: strawberry.ID
    idempotency_key: str


@strawberry.input
class RedeemCodeInput:
    code: str
    idempotency_key: str


@access(OWN)
@strawberry.type
class ClaimOfferPayload:
    offer: Offer | None
    coupon: Coupon | None
    wallet: CouponWallet | None
    user_errors: list[UserError]

    @classmethod
    def of(cls, taken: resolve.Taken, info: Info) -> "ClaimOfferPayload":
        return cls(
            offer=Offer.of(taken.promotion) if taken.promotion else None,
            coupon=Coupon.of(taken.held) if taken.held else None,
            wallet=_wallet(taken),
            user_errors=_user_errors(taken, info),
        )


@access(OWN)
@strawberry.type
class RedeemCodePayload:
    coupon: Coupon | None
    wallet: CouponWallet | None
    user_errors: list[UserError]

    @classmethod
    def of(cls, taken: resolve.Taken, info: Info) -> "RedeemCodePayload":
        return cls(
            coupon=Coupon.of(taken.held) if taken.held else None,
            wallet=_wallet(taken),
            user_errors=_user_errors(taken, info),
        )


def _wallet(taken: resolve.Taken) -> CouponWallet | None:
    return CouponWallet(_viewer=taken.viewer) if taken.viewer else None


def _user_errors(taken: resolve.Taken, info: Info) -> list[UserError]:
    return [user_error(refusal, words_of(info)) for refusal in taken.refusals]


@access(OWN)
@strawberry.type
class WalletMutations:
    @strawberry.mutation
    async def claim_offer(self, info: Info, input: ClaimOfferInput) -> ClaimOfferPayload | None:  # noqa: A002 the contract's own word
        code = ids.offer_code(input.offer_id)
        taken = await resolve.claim_offer(info.context, code, input.idempotency_key)
        return ClaimOfferPayload.of(taken, info)

    @strawberry.mutation
    async def redeem_code(self, info: Info, input: RedeemCodeInput) -> RedeemCodePayload | None:  # noqa: A002 the contract's own word
        taken = await resolve.redeem_code(info.context, input.code, input.idempotency_key)
        return RedeemCodePayload.of(taken, info)
