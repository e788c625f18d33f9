"""In which dimensions each promotion fails, as far as the index knows: bit sets, one a dimension.

Each stands for a reason or more: so how many hold a promotion is at most how many reasons it has.
"""

from typing import NamedTuple

from app.domain.promotions.index import RuleIndex
from app.domain.promotions.situation import Situation


class Misses(NamedTuple):
    """`lasting`: reasons that the viewer cannot mend. `passing`: the others, see `mendable`; a
    schedule among them may turn out never to open again. Neither holds what is of a promotion
    itself and not of its coupons: `ended`, `not_begun`, `unclaimed`."""

    lasting: tuple[int, ...]
    passing: tuple[int, ...]
    ended: int
    not_begun: int
    unclaimed: int

    @classmethod
    def of(cls, index: RuleIndex, situation: Situation) -> "Misses":
        """`situation`: of the fuel alone."""
        everyone = (1 << len(index)) - 1

        def but(*sets: int) -> tuple[int, ...]:
            return tuple(everyone & ~one for one in sets)

        shopper, volume = situation.shopper, situation.volume_ml
        of_viewer = but(*index.viewer_sets(shopper))
        lasting = but(
            *index.place_sets(situation.station, situation.fuel_grade),
            index.channels_of(shopper),
            index.running,
        )
        passing = but(
            index.methods_of(situation.payment_method),
            index.amounts.at(situation.scoped_amount_fen),
            index.litres.at(volume.numerator // volume.denominator),
            index.recurrence.at(situation.local),
        )
        begun, in_force = index.begun_at(situation.moment), index.in_force_at(situation.moment)
        return cls(
            lasting if shopper.is_guest else (*lasting, *of_viewer),
            (*passing, *of_viewer) if shopper.is_guest else passing,
            ended=begun & ~in_force,
            not_begun=everyone & ~begun,
            unclaimed=everyone & ~index.automatic,
        )
