"""The question put to the engine: this fill, here, now, by this shopper, with this choice."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.pricing.fill import Fill
from app.domain.promotions.rulebook import RuleBook
from app.domain.promotions.shopper import Shopper
from app.domain.promotions.usage import NO_USAGE, Subjects, Usage
from app.domain.shared.payment import PaymentMethod
from app.domain.stations.station import Station, StationProduct


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferChoice:
    """The viewer's own choice. `coupon_ids` None: free; else exactly these. Codes name offers."""

    coupon_ids: frozenset[int] | None = None
    forced_codes: frozenset[str] = frozenset()
    excluded_codes: frozenset[str] = frozenset()

    @property
    def is_free(self) -> bool:
        return self.coupon_ids is None and not self.forced_codes and not self.excluded_codes


FREE_CHOICE = OfferChoice()


@dataclass(frozen=True, slots=True, kw_only=True)
class NonFuelLine:
    label: str
    amount_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """Same purchase, same quote, on any machine (search statistics apart).

    `payment_method` None: none known, so offers bound to a method fail on PAYMENT_METHOD.
    `minimum_payable_fen`: the provider's least amount, or 0. The service fee is the station's.
    `node_budget` None: search without a budget.
    `usage`: what counts against the promotions' limits.
    """

    station: Station
    product: StationProduct
    fill: Fill
    moment: datetime
    rules: RuleBook
    shopper: Shopper
    payment_method: PaymentMethod | None = None
    use_points: bool = False
    choice: OfferChoice = FREE_CHOICE
    non_fuel: tuple[NonFuelLine, ...] = ()
    minimum_payable_fen: int = 0
    max_offers: int = 8
    node_budget: int | None = 120
    usage: Usage = NO_USAGE

    @property
    def subjects(self) -> Subjects:
        """Whose counters a use of an offer in this purchase raises."""
        shopper = self.shopper
        return Subjects(shopper.user_id, shopper.device_id, shopper.person_id, self.station.code)
