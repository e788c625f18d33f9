"""What members set for themselves: preferences and favourite stations. Idempotent by nature: the same
again changes nothing, so no key is asked for."""

from dataclasses import dataclass

from app.domain.audit.record import AuditRecord
from app.domain.pricing.bounds import in_range
from app.domain.profiles.changes import (
    PreferenceChanges,
    Unchanged,
    changed,
    names_of_changes,
)
from app.domain.profiles.member import Preferences
from app.domain.stations.station import Station
from app.resolvers.context import RequestContext
from app.resolvers.desk import Desk
from app.resolvers.once import repeated
from app.resolvers.refusals import ErrorCode, Refusal, Subject

SIGN_IN = Refusal(code=ErrorCode.SIGN_IN_REQUIRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Updated:
    preferences: Preferences | None = None
    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Favoured:
    """`station` as it stands after it."""

    station: Station | None = None
    refusals: tuple[Refusal, ...] = ()


async def update_preferences(context: RequestContext, changes: PreferenceChanges) -> Updated:
    """The viewer's; all or nothing."""
    viewer = context.viewer()
    if viewer is None:
        return Updated(refusals=(SIGN_IN,))
    fill = changes.usual_fill
    if fill is not None and not isinstance(fill, Unchanged) and not in_range(fill):
        at = ("usual_fill",)
        return Updated(refusals=(Refusal(code=ErrorCode.FILL_OUT_OF_RANGE, at=at),))
    desk = context.desk()
    preferences = await repeated(lambda: _updated(desk, viewer.user_id, changes))
    context.forget()
    return Updated(preferences=preferences)


async def _updated(desk: Desk, user_id: int, changes: PreferenceChanges) -> Preferences:
    async with desk.works.begin(user_id) as work:
        before = await work.preferences.find(user_id)
        after = changed(before, changes)
        names = names_of_changes(before, after)
        if names:
            await work.preferences.save(user_id, after)
            await work.audit.add(
                AuditRecord(
                    act="preferences.change",
                    subject=f"member:{user_id}",
                    user_id=user_id,
                    at=desk.moment,
                    actor=desk.actor,
                    before={"personalised": before.personalised},
                    after={"personalised": after.personalised, "changed": " ".join(names)},
                )
            )
    return after


async def set_favourite(
    context: RequestContext, station_id: int | None, *, favourite: bool
) -> Favoured:
    """`station_id` None: an id that names no station."""
    viewer = context.viewer()
    if viewer is None:
        return Favoured(refusals=(SIGN_IN,))
    station = context.catalog.stations.by_id.get(station_id or 0)
    if station is None:
        refusal = Refusal(code=ErrorCode.NOT_FOUND, at=("station_id",), subject=Subject.STATION)
        return Favoured(refusals=(refusal,))
    desk = context.desk()

    async def written() -> bool:
        async with desk.works.begin(viewer.user_id) as work:
            return await work.preferences.set_favourite(
                viewer.user_id, station.id, favourite=favourite
            )

    await repeated(written)
    context.forget()
    return Favoured(station=station)
