"""The signed-in viewer: profile, savings and usual stations."""

from app.domain.profiles.member import Member
from app.domain.stations.station import Station
from app.resolvers.context import RequestContext, Viewer
from app.resolvers.pages import check_first


async def viewer_profile(context: RequestContext) -> tuple[Viewer, Member] | None:
    """None for a guest, and for a token whose member has gone."""
    viewer = context.viewer()
    if viewer is None:
        return None
    member = await viewer.loaders.member.load(viewer.user_id)
    return (viewer, member) if member else None


async def savings_total_fen(viewer: Viewer) -> int:
    """What all completed orders have saved."""
    return (await viewer.loaders.habits.load(viewer.user_id)).savings_total_fen


async def usual_stations(context: RequestContext, viewer: Viewer, first: int) -> list[Station]:
    """Where the viewer mostly refuels, the most usual first; stations that closed are left out."""
    check_first(first)
    habits = await viewer.loaders.habits.load(viewer.user_id)
    by_id = context.catalog.stations.by_id
    known = (by_id.get(station_id) for station_id in habits.usual_station_ids)
    return [station for station in known if station is not None][:first]
