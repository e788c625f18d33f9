"""The checkout preview: a quote with its lines, its offers and every reason."""

import strawberry

from app.domain.checkout import quote as domain
from app.domain.checkout.warnings import PreviewWarning as DomainWarning
from app.domain.promotions.reason import Reason as DomainReason
from app.resolvers import checkout as resolve
from app.resolvers.pages import check_first
from app.schema.access import OWN, PUBLIC, access
from app.schema.checkout_inputs import CheckoutPreviewInput
from app.schema.enums import (
    Outcome,
    PaymentMethod,
    PriceLineKind,
    ReasonCode,
    RewardKind,
    WarningCode,
)
from app.schema.errors import UserError, user_error
from app.schema.info import Info, words_of
from app.schema.offers import Offer
from app.schema.products import StationProduct
from app.schema.quotes import AppliedOffer, UnlockHint, coupon_of
from app.schema.scalars import DateTime, Decimal
from app.schema.stations import Station
from app.schema.texts.checkout import line_label, warning_message
from app.schema.texts.reasons import reason_message
from app.schema.values import Money, UnitPrice, decimal_of
from app.schema.wallet import Coupon


@access(OWN)
@strawberry.type(
    description="Signed; placing an order takes nothing but this and an idempotency key. A guest's "
    "is placed after signing in, at this price or not at all."
)
class Quote:
    id: strawberry.ID
    issued_at: DateTime = strawberry.field(description="The one moment it is priced at.")
    expires_at: DateTime
    rule_version: str
    payment_method: PaymentMethod | None = strawberry.field(
        description="Fixed by the quote when an offer depends on it."
    )
    requires_sign_in: bool
    _preview: strawberry.Private[resolve.Preview]

    @classmethod
    def of(cls, preview: resolve.Preview) -> "Quote":
        purchase, quote = preview.purchase, preview.quote
        return cls(
            id=strawberry.ID(preview.quote_id),
            issued_at=DateTime(quote.issued_at),
            expires_at=DateTime(quote.expires_at),
            rule_version=purchase.rules.version,
            payment_method=preview.fixed_method,
            requires_sign_in=preview.user_id is None,
            _preview=preview,
        )

    @strawberry.field
    def token(self, info: Info) -> str:
        return resolve.sign(info.context, self._preview)


@access(OWN)
@strawberry.type(description="`amount` is signed: discounts are negative.")
class PriceLine:
    kind: PriceLineKind
    label: str
    amount: Money
    running_total: Money
    offer: Offer | None

    @classmethod
    def of(cls, line: domain.PriceLine, info: Info) -> "PriceLine":
        return cls(
            kind=line.kind,
            label=line_label(line, words_of(info)),
            amount=Money.of(line.amount_fen),
            running_total=Money.of(line.running_total_fen),
            offer=Offer.of(line.applied.candidate.promotion) if line.applied else None,
        )


@access(OWN)
@strawberry.type(description="All failing conditions, never only the first.")
class Reason:
    code: ReasonCode
    message: str
    gap_amount: Money | None
    gap_litres: Decimal | None
    gap_count: int | None
    available_from: DateTime | None
    resets_at: DateTime | None

    @classmethod
    def of(cls, reason: DomainReason, info: Info) -> "Reason":
        opens, resets = reason.available_from, reason.resets_at
        return cls(
            code=reason.code,
            message=reason_message(reason, words_of(info)),
            gap_amount=Money.of(reason.gap_fen) if reason.gap_fen is not None else None,
            gap_litres=decimal_of(reason.gap_ml) if reason.gap_ml is not None else None,
            gap_count=reason.gap_count,
            available_from=DateTime(opens) if opens else None,
            resets_at=DateTime(resets) if resets else None,
        )


@access(OWN)
@strawberry.type
class UnappliedOffer:
    offer: Offer
    coupon: Coupon | None
    label: str
    outcome: Outcome
    reasons: list[Reason]
    conflicts: list[Offer] = strawberry.field(description="What excludes it.")
    _unapplied: strawberry.Private[domain.UnappliedOffer]
    _preview: strawberry.Private[resolve.Preview]

    @classmethod
    def of(
        cls, unapplied: domain.UnappliedOffer, preview: resolve.Preview, info: Info
    ) -> "UnappliedOffer":
        candidate = unapplied.candidate
        return cls(
            offer=Offer.of(candidate.promotion),
            coupon=coupon_of(candidate),
            label=candidate.promotion.title.in_language(info.context.language),
            outcome=unapplied.outcome,
            reasons=[Reason.of(reason, info) for reason in unapplied.reasons],
            conflicts=[Offer.of(rival.promotion) for rival in unapplied.conflicts],
            _unapplied=unapplied,
            _preview=preview,
        )

    @strawberry.field(description="What would be paid if it were forced in; null: it cannot be.")
    async def payable_if_forced(self, info: Info) -> Money | None:
        fen = await resolve.payable_if_forced(info.context, self._preview, self._unapplied)
        return Money.of(fen) if fen is not None else None


@access(PUBLIC)
@strawberry.type
class Reward:
    kind: RewardKind
    label: str
    points: int | None
    money: Money | None
    coupon_title: str | None

    @classmethod
    def of(cls, earned: domain.Earned, info: Info) -> "Reward":
        language = info.context.language
        batch = earned.batch
        return cls(
            kind=earned.kind,
            label=earned.promotion.title.in_language(language),
            points=earned.points,
            money=Money.of(earned.credit_fen) if earned.credit_fen is not None else None,
            coupon_title=batch.title.in_language(language) if batch else None,
        )


@access(OWN)
@strawberry.type
class Optimality:
    exact: bool
    combinations_considered: int
    lower_bound: Money
    forgone: Money = strawberry.field(
        description="How much better the best is than the viewer's own choice."
    )

    @classmethod
    def of(cls, certificate: domain.Certificate) -> "Optimality":
        return cls(
            exact=certificate.exact,
            combinations_considered=certificate.nodes,
            lower_bound=Money.of(certificate.lower_bound_fen),
            forgone=Money.of(certificate.forgone_fen),
        )


@access(OWN)
@strawberry.type(description="Never blocks: something was adjusted or is worth knowing.")
class PreviewWarning:
    code: WarningCode
    message: str
    offer: Offer | None
    coupon: Coupon | None

    @classmethod
    def of(cls, warning: DomainWarning, info: Info) -> "PreviewWarning":
        candidate = warning.candidate
        return cls(
            code=warning.code,
            message=warning_message(warning, words_of(info)),
            offer=Offer.of(candidate.promotion) if candidate else None,
            coupon=coupon_of(candidate) if candidate else None,
        )


@access(OWN)
@strawberry.type(
    description="payable = pumpAmount + feeTotal − discountTotal; discountTotal = the sum of "
    "`applied`; each after clamps."
)
class CheckoutPreview:
    nozzle_no: str | None
    litres: Decimal
    pump_amount: Money
    fee_total: Money
    discount_total: Money
    payable: Money
    effective_price: UnitPrice = strawberry.field(description="payable ÷ litres.")
    _preview: strawberry.Private[resolve.Preview]

    @classmethod
    def of(cls, preview: resolve.Preview, info: Info) -> "CheckoutPreview":
        price = preview.quote.price
        return cls(
            nozzle_no=preview.nozzle_no,
            litres=decimal_of(price.measure.shown_volume_ml),
            pump_amount=Money.of(price.measure.pump_amount_fen),
            fee_total=Money.of(price.fee_fen),
            discount_total=Money.of(price.discount_fen),
            payable=Money.of(price.payable_fen),
            effective_price=UnitPrice.of(price.unit_price_mill, words_of(info)),
            _preview=preview,
        )

    @strawberry.field
    def quote(self) -> Quote:
        return Quote.of(self._preview)

    @strawberry.field
    def station(self) -> Station:
        return Station.of(self._preview.purchase.station)

    @strawberry.field
    def product(self) -> StationProduct:
        return StationProduct.of(self._preview.purchase.product)

    @strawberry.field(
        description="From the pump amount to the payable, in the order applied; they add up to the fen."
    )
    def lines(self, info: Info) -> list[PriceLine]:
        return [PriceLine.of(line, info) for line in self._preview.quote.lines]

    @strawberry.field
    def applied(self, info: Info) -> list[AppliedOffer]:
        return [AppliedOffer.of(applied, info) for applied in self._preview.quote.price.applied]

    @strawberry.field(description="Nearest to applying first.")
    async def not_applied(self, info: Info, first: int = 50) -> list[UnappliedOffer]:
        listed = await resolve.unapplied(info.context, self._preview, check_first(first))
        return [UnappliedOffer.of(unapplied, self._preview, info) for unapplied in listed]

    @strawberry.field
    async def unlocks(self, info: Info, first: int = 3) -> list[UnlockHint]:
        check_first(first)
        listed = await resolve.unlocks(info.context, self._preview)
        return [UnlockHint.of(step, info) for step in listed[:first]]

    @strawberry.field
    def rewards(self, info: Info) -> list[Reward]:
        return [Reward.of(earned, info) for earned in self._preview.quote.rewards]

    @strawberry.field
    def optimality(self) -> Optimality:
        return Optimality.of(self._preview.quote.price.certificate)

    @strawberry.field
    def warnings(self, info: Info) -> list[PreviewWarning]:
        return [PreviewWarning.of(warning, info) for warning in self._preview.warnings]


@access(OWN)
@strawberry.type
class CheckoutPreviewPayload:
    preview: CheckoutPreview | None
    user_errors: list[UserError]


@access(OWN)
@strawberry.type
class CheckoutQueries:
    @strawberry.field(
        description="Pure: it reserves nothing and changes nothing. Only `quote` signs: leave it "
        "out while the driver types."
    )
    async def checkout_preview(
        self,
        info: Info,
        input: CheckoutPreviewInput,  # noqa: A002 the contract's own word
    ) -> CheckoutPreviewPayload | None:
        answer = await resolve.preview(info.context, input.to_domain())
        if isinstance(answer, tuple):
            words = words_of(info)
            refused = [user_error(refusal, words) for refusal in answer]
            return CheckoutPreviewPayload(preview=None, user_errors=refused)
        return CheckoutPreviewPayload(preview=CheckoutPreview.of(answer, info), user_errors=[])
