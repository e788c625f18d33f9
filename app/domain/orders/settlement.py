"""Settlement (补贴分摊): what each funder owes for the discounts of a station's day.

A discount is owed on the day the order was paid, and taken back on the day its refund was done,
each on the station's own calendar. Source: the ledger frozen with the order (design §2, Ledger).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.domain.orders.ledger import Part
from app.domain.orders.order import Order
from app.domain.orders.refund import Refund
from app.domain.shared.funder import Funder


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingEntry:
    """What a funder owes for one offer of one order: `fen` > 0. Of a refund (`refund_id` given)
    what is owed no longer: `fen` < 0; now and then +1, where an earlier part of the refund took an
    odd fen too many. `day`: of the station's calendar."""

    user_id: int
    order_id: int
    refund_id: int | None
    station_id: int
    day: date
    funder: Funder
    code: str
    fen: int


def day_at(order: Order, at: datetime) -> date:
    """The station's day at an instant."""
    return at.astimezone(ZoneInfo(order.terms.time_zone)).date()


def owed_for(order: Order, paid_at: datetime) -> tuple[FundingEntry, ...]:
    """What paying the order makes the funders owe, by offer and funder, in the ledger's order."""
    parts = ((part, part.fen) for line in order.terms.ledger.lines for part in line.parts)
    return _entries(order, None, day_at(order, paid_at), parts)


def returned_by(
    order: Order, refund_id: int, refund: Refund, done_at: datetime
) -> tuple[FundingEntry, ...]:
    """What a refund that is done takes back of it."""
    parts = (
        (part, -fen)
        for line, returned in zip(order.terms.ledger.lines, refund.lines, strict=True)
        for part, fen in zip(line.parts, returned.parts_fen, strict=True)
    )
    return _entries(order, refund_id, day_at(order, done_at), parts)


def _entries(
    order: Order, refund_id: int | None, day: date, parts: Iterable[tuple[Part, int]]
) -> tuple[FundingEntry, ...]:
    sums: dict[tuple[str, Funder], int] = {}
    for part, fen in parts:
        key = part.code, part.funder
        sums[key] = sums.get(key, 0) + fen
    return tuple(
        FundingEntry(
            user_id=order.user_id,
            order_id=order.id,
            refund_id=refund_id,
            station_id=order.terms.station_id,
            day=day,
            funder=funder,
            code=code,
            fen=fen,
        )
        for (code, funder), fen in sums.items()
        if fen
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledStation:
    """A station as the settlement names it."""

    id: int
    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One funder at one station on one day. `owed_fen` is negative where refunds of earlier days
    exceed the day's discounts: the funder is owed."""

    station: SettledStation
    funder: Funder
    orders: int
    discount_fen: int
    refunds: int
    returned_fen: int

    @property
    def owed_fen(self) -> int:
        return self.discount_fen - self.returned_fen


@dataclass(frozen=True, slots=True, kw_only=True)
class StationDay:
    """What the orders and refunds themselves say of one station's day; gross: before discounts,
    fees included. paid = gross - discount; refunded money = refunded gross - returned."""

    station: SettledStation
    orders: int
    gross_fen: int
    paid_fen: int
    refunds: int
    refunded_gross_fen: int
    refunded_fen: int

    @property
    def discount_fen(self) -> int:
        return self.gross_fen - self.paid_fen

    @property
    def returned_fen(self) -> int:
        return self.refunded_gross_fen - self.refunded_fen


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A station whose funding entries do not sum to its orders and refunds, in fen."""

    station: SettledStation
    entries_discount_fen: int
    orders_discount_fen: int
    entries_returned_fen: int
    refunds_returned_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """`owed`: from the funding entries; `stations`: from orders and refunds. Both by station code,
    `owed` then by funder."""

    day: date
    owed: tuple[Owed, ...]
    stations: tuple[StationDay, ...]

    def by_funder(self) -> Mapping[Funder, int]:
        """What each funder owes for the day in all, in fen; all funders are there."""
        sums = dict.fromkeys(Funder, 0)
        for owed in self.owed:
            sums[owed.funder] += owed.owed_fen
        return sums

    def differences(self) -> tuple[Difference, ...]:
        """Empty: every fen of the entries ties to an order or a refund, and the reverse."""
        stations = {row.station.id: row.station for row in (*self.owed, *self.stations)}
        found: list[Difference] = []
        for station_id, station in stations.items():
            owed = [row for row in self.owed if row.station.id == station_id]
            days = [row for row in self.stations if row.station.id == station_id]
            difference = Difference(
                station=station,
                entries_discount_fen=sum(row.discount_fen for row in owed),
                orders_discount_fen=sum(row.discount_fen for row in days),
                entries_returned_fen=sum(row.returned_fen for row in owed),
                refunds_returned_fen=sum(row.returned_fen for row in days),
            )
            if not _ties(difference):
                found.append(difference)
        return tuple(found)


def _ties(found: Difference) -> bool:
    return (
        found.entries_discount_fen == found.orders_discount_fen
        and found.entries_returned_fen == found.refunds_returned_fen
    )
