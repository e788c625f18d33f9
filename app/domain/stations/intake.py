"""Judging the rows of a station file: which are taken, and all that is wrong with the others.

What one row says is judged alone first; then rows are compared, so that a row which is not taken
never beats one that could be. Nothing here depends on the order of the rows.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from app.domain.shared.fuel import FuelGrade
from app.domain.stations.claims import Bounds, Judgement, Setting, StationClaim
from app.domain.stations.findings import Finding, Rejection, RowFault, telling
from app.domain.stations.geo import Coordinates, distance_m
from app.domain.stations.places import folded

SAME_PLACE_M = 100
"""Rows with one name and one address are one place when they lie no farther apart, in metres."""

CLOCK_SLACK = timedelta(days=1)
"""How far a source's clock may run ahead of ours."""


def judge(claims: Iterable[StationClaim], setting: Setting) -> Judgement[StationClaim]:
    """Every row of a file, taken or rejected: rows alone, then ids, then places."""
    sound: list[StationClaim] = []
    rejected: list[Rejection] = []
    for claim in claims:
        findings = telling((*claim.findings, *_alone(claim, setting)))
        if findings:
            rejected.append(Rejection(claim.line, claim.source_id, findings))
        else:
            sound.append(claim)
    by_id = _newest_of_each_id(sound, rejected)
    accepted = _newest_of_each_place(by_id, rejected)
    return Judgement(
        tuple(sorted(accepted, key=lambda claim: claim.line)),
        tuple(sorted(rejected, key=lambda rejection: rejection.line)),
    )


def _alone(claim: StationClaim, setting: Setting) -> Iterable[Finding]:
    """What is wrong with a row whatever the others say, beyond what could not be read."""
    if not claim.source_id:
        yield Finding(RowFault.ID_MISSING)
    if not claim.name:
        yield Finding(RowFault.NAME_MISSING)
    if claim.place is not None:
        yield from _place_findings(claim.place, setting.bounds)
    if claim.updated_at is not None and claim.updated_at > setting.moment + CLOCK_SLACK:
        yield Finding(RowFault.TIME_IN_FUTURE, claim.updated_at.isoformat())
    yield from _price_findings(claim, setting)


def _place_findings(place: Coordinates, bounds: Bounds) -> Iterable[Finding]:
    written = f"{place.latitude_e7}e-7, {place.longitude_e7}e-7"
    if place.latitude_e7 == 0 and place.longitude_e7 == 0:
        yield Finding(RowFault.COORDINATES_IMPOSSIBLE, "0, 0")
    elif not bounds.hold(place):
        yield Finding(RowFault.COORDINATES_OUTSIDE, written)


def _price_findings(claim: StationClaim, setting: Setting) -> Iterable[Finding]:
    zone = claim.price_zone_code
    if zone is not None and zone not in setting.zones:
        yield Finding(RowFault.ZONE_UNKNOWN, zone)
    if claim.priced and not claim.prices and not claim.findings:
        yield Finding(RowFault.NO_MAPPED_GRADE)
    bounds = setting.bounds
    for grade, price in claim.prices.items():
        if not bounds.lowest_mill <= price <= bounds.highest_mill:
            limits = f"{bounds.lowest_mill}..{bounds.highest_mill}"
            yield Finding(RowFault.PRICE_ABSURD, f"{grade} {price} ({limits})")
            continue
        ceiling = _ceiling_mill(claim, grade, setting)
        if ceiling is not None and price > ceiling:
            yield Finding(RowFault.PRICE_ABOVE_CEILING, f"{grade} {price} > {ceiling} ({zone})")


def _ceiling_mill(claim: StationClaim, grade: FuelGrade, setting: Setting) -> int | None:
    """The official price in force when the row was updated; None where none was known then."""
    moment = claim.updated_at or setting.moment
    history = setting.ceilings.get((claim.price_zone_code or "", grade))
    if history is None or history.points[0].effective_from > moment:
        return None
    return history.at(moment).price_mill_per_litre


def _newest_of_each_id(
    claims: Sequence[StationClaim], rejected: list[Rejection]
) -> list[StationClaim]:
    newest: dict[str, StationClaim] = {}
    for claim in sorted(claims, key=lambda claim: claim.recency, reverse=True):
        kept = newest.setdefault(claim.source_id, claim)
        if kept is not claim:
            rejected.append(_beaten(claim, kept, RowFault.DUPLICATE_ID))
    return list(newest.values())


def _newest_of_each_place(
    claims: Iterable[StationClaim], rejected: list[Rejection]
) -> list[StationClaim]:
    """Two rows are one place when their coordinates are equal, or when name and address are and
    they lie within `SAME_PLACE_M`. An equal number with another prefix says nothing: each number
    of Tasmania's stations is also one of New South Wales, mostly 500 km away."""
    by_point: dict[Coordinates, StationClaim] = {}
    by_words: dict[tuple[str, str], list[StationClaim]] = {}
    accepted: list[StationClaim] = []
    for claim in sorted(claims, key=lambda claim: claim.recency, reverse=True):
        if claim.place is None:
            continue
        words = (folded(claim.name), folded(claim.address))
        namesakes = by_words.setdefault(words, []) if words[1] else []
        kept = by_point.get(claim.place) or _close_to(claim.place, namesakes)
        if kept is None:
            accepted.append(claim)
            by_point[claim.place] = claim
            namesakes.append(claim)
        else:
            rejected.append(_beaten(claim, kept, RowFault.SAME_PLACE))
    return accepted


def _close_to(place: Coordinates, namesakes: Iterable[StationClaim]) -> StationClaim | None:
    for other in namesakes:
        if other.place is not None and distance_m(place, other.place) <= SAME_PLACE_M:
            return other
    return None


def _beaten(claim: StationClaim, kept: StationClaim, fault: RowFault) -> Rejection:
    one, other = f"{claim.line} 行 {claim.source_id}", f"{kept.line} 行 {kept.source_id}"
    zh = f"第 {one} 与第 {other}，保留后者（较新）"
    en = f"line {claim.line} and line {kept.line}: the latter, newer, is kept"
    return Rejection(claim.line, claim.source_id, (Finding(fault, f"{zh} {en}"),))
