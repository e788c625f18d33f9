"""The ledger of an order: every fen of discount by offer, by line, by funder; frozen with it.

Source: design §2, Ledger.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.domain.shared.funder import Funder
from app.domain.shared.money import allocate


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one funder bears of one offer's discount on one line, in fen (> 0).

    `code` names the offer, `coupon_id` its coupon; in application order, then by funder.
    """

    code: str
    coupon_id: int | None = None
    funder: Funder
    fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """One line: its amount before discounts, and the parts that lower it. Fuel is line 0."""

    amount_fen: int
    parts: tuple[Part, ...]

    @property
    def discount_fen(self) -> int:
        return sum(part.fen for part in self.parts)

    @property
    def paid_fen(self) -> int:
        return self.amount_fen - self.discount_fen


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """All lines, and the service fee, which nobody discounts. `paid_fen` is the payable."""

    lines: tuple[LedgerLine, ...]
    fee_fen: int

    @property
    def paid_fen(self) -> int:
        return sum(line.paid_fen for line in self.lines) + self.fee_fen

    @property
    def discount_fen(self) -> int:
        return sum(line.discount_fen for line in self.lines)

    def borne_by(self) -> Mapping[Funder, int]:
        """What each funder bears of the order, in fen; all funders are there."""
        borne = dict.fromkeys(Funder, 0)
        for line in self.lines:
            for part in line.parts:
                borne[part.funder] += part.fen
        return borne


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """An applied offer: what it takes off each line, in fen, and the funders' shares in basis
    points (they sum to 10,000)."""

    code: str
    coupon_id: int | None = None
    by_line: tuple[int, ...]
    shares_bp: Mapping[Funder, int]


def ledger_of(amounts: Sequence[int], fee_fen: int, grants: Iterable[Grant]) -> Ledger:
    """Each line's part of each grant over the funders, by largest remainder: a tie goes to the
    lower funder, a share of 0 gets nothing. `grants` in application order."""
    parts: list[list[Part]] = [[] for _ in amounts]
    for grant in grants:
        for of_line, fen in zip(parts, grant.by_line, strict=True):
            of_line.extend(_by_funder(grant, fen))
    lines = zip(amounts, parts, strict=True)
    return Ledger(
        lines=tuple(LedgerLine(amount_fen=a, parts=tuple(of_line)) for a, of_line in lines),
        fee_fen=fee_fen,
    )


def _by_funder(grant: Grant, fen: int) -> Iterable[Part]:
    shares = allocate(fen, [grant.shares_bp.get(funder, 0) for funder in Funder])
    return (
        Part(code=grant.code, coupon_id=grant.coupon_id, funder=funder, fen=share)
        for funder, share in zip(Funder, shares, strict=True)
        if share > 0
    )
