"""What conditions look at: one fill by one shopper at one place and moment, as plain values."""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from app.domain.promotions.shopper import Shopper
from app.domain.shared.fuel import FuelGrade
from app.domain.shared.payment import PaymentMethod
from app.domain.stations.station import Demand, Remoteness, Station


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """The facts that do not depend on which other offers apply.

    `moment` is an aware instant, `local` the same on the station's wall clock.
    `payment_method` None: none known. `demand` and `remoteness` are the station's now.
    `scoped_amount_fen` and `volume_ml` (exact millilitres) are what the lines in the
    promotion's scope hold before any discount; `volume_ml` is 0 where the scope has no fuel.
    """

    station: Station
    fuel_grade: FuelGrade
    moment: datetime
    local: datetime
    shopper: Shopper
    payment_method: PaymentMethod | None
    scoped_amount_fen: int
    volume_ml: Fraction
    demand: Demand
    remoteness: Remoteness
