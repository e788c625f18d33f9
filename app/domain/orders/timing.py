"""How long each step of an order may take, or waits."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTiming:
    """`pay_within`: unpaid so long after placement, an order expires. `fulfil_after`: paid so
    long ago, it counts as fuelled unless the station said so before (先加油后付: the fuel is in the
    tank when the driver pays). `complete_after`: fulfilled so long ago, it is completed.
    `duplicate_within`: the same station, nozzle and amount again within it is flagged.
    """

    pay_within: timedelta = timedelta(minutes=15)
    fulfil_after: timedelta = timedelta(minutes=10)
    complete_after: timedelta = timedelta(hours=24)
    duplicate_within: timedelta = timedelta(minutes=10)


DEFAULT_TIMING = OrderTiming()
