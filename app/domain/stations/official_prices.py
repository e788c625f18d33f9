"""Judging the rows of a file of official prices (国标价): one row a zone, one price a grade."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from app.domain.shared.fuel import FuelGrade
from app.domain.stations.claims import Bounds, Judgement
from app.domain.stations.findings import Finding, Rejection, RowFault, telling

_GASOLINE = tuple(grade for grade in FuelGrade if grade.name.startswith("GASOLINE"))


@dataclass(frozen=True, slots=True, kw_only=True)
class CeilingClaim:
    """What one row says: the official prices of a zone from an instant on, in mills per litre.

    The zone's code is "province_code:zone". `findings`: what could not be read.
    """

    line: int
    province_code: str
    province_name: str
    zone: str
    zone_name: str
    effective_from: datetime | None
    prices: Mapping[FuelGrade, int] = field(default_factory=dict[FuelGrade, int])
    source_url: str | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def zone_code(self) -> str:
        return f"{self.province_code}:{self.zone}"


def judge_ceilings(claims: Iterable[CeilingClaim], bounds: Bounds) -> Judgement[CeilingClaim]:
    """Rows alone, then zone and instant together: both rows that contradict are not taken, since
    a notice has no time of update that could decide between them."""
    sound: list[CeilingClaim] = []
    rejected: list[Rejection] = []
    for claim in claims:
        findings = telling((*claim.findings, *_alone(claim, bounds)))
        if findings:
            rejected.append(Rejection(claim.line, claim.zone_code, findings))
        else:
            sound.append(claim)
    accepted: list[CeilingClaim] = []
    for same in _by_zone_and_instant(sound):
        if len(same) == 1:
            accepted.append(same[0])
        else:
            rejected.extend(_contradiction(same))
    return Judgement(
        tuple(sorted(accepted, key=lambda claim: claim.line)),
        tuple(sorted(rejected, key=lambda rejection: rejection.line)),
    )


def _alone(claim: CeilingClaim, bounds: Bounds) -> Iterable[Finding]:
    if not claim.province_code or not claim.zone:
        yield Finding(RowFault.ID_MISSING)
    if not claim.province_name or not claim.zone_name:
        yield Finding(RowFault.NAME_MISSING)
    if not claim.prices and not claim.findings:
        yield Finding(RowFault.PRICE_MISSING)
    for grade, price in claim.prices.items():
        if not bounds.lowest_mill <= price <= bounds.highest_mill:
            limits = f"{bounds.lowest_mill}..{bounds.highest_mill}"
            yield Finding(RowFault.PRICE_ABSURD, f"{grade} {price} ({limits})")
    yield from _order_findings(claim.prices)


def _order_findings(prices: Mapping[FuelGrade, int]) -> Iterable[Finding]:
    """A higher octane number is never cheaper in a notice: such a row is a misprint."""
    sold = [grade for grade in _GASOLINE if grade in prices]
    for lower, higher in pairwise(sold):
        if prices[higher] < prices[lower]:
            yield Finding(
                RowFault.PRICE_ORDER,
                f"{higher} {prices[higher]} < {lower} {prices[lower]}",
            )


def _by_zone_and_instant(
    claims: Iterable[CeilingClaim],
) -> Iterable[list[CeilingClaim]]:
    groups: dict[tuple[str, datetime | None], list[CeilingClaim]] = {}
    for claim in claims:
        groups.setdefault((claim.zone_code, claim.effective_from), []).append(claim)
    return groups.values()


def _contradiction(same: list[CeilingClaim]) -> Iterable[Rejection]:
    lines = ", ".join(str(claim.line) for claim in same)
    for claim in same:
        finding = Finding(RowFault.DUPLICATE_ID, f"{claim.zone_code}: 行 lines {lines}")
        yield Rejection(claim.line, claim.zone_code, (finding,))
