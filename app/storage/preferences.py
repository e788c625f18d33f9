"""Preferences and favourite stations, written in the transaction of a member."""

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.pricing.fill import AmountFill, LitresFill
from app.domain.profiles.member import Preferences
from app.storage.members import preferences_of
from app.storage.tables import FavouriteStationRow, MemberPreferencesRow, StationRow, table_of

PREFERENCES = table_of(MemberPreferencesRow)
FAVOURITE = table_of(FavouriteStationRow)
STATION = table_of(StationRow)


class PostgresPreferenceBook:
    """Implements `app.ports.preferences.PreferenceBook`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, user_id: int) -> Preferences:
        query = select(PREFERENCES).where(PREFERENCES.c.user_id == user_id)
        row = (await self._connection.execute(query)).first()
        return Preferences() if row is None else preferences_of(row)

    async def save(self, user_id: int, preferences: Preferences) -> None:
        fill, method = preferences.usual_fill, preferences.usual_payment_method
        grade = preferences.usual_fuel_grade
        values = {
            "theme": preferences.theme.value,
            "language": str(preferences.language),
            "usual_fuel_grade": None if grade is None else grade.value,
            "usual_pump_amount_fen": (
                fill.pump_amount_fen if isinstance(fill, AmountFill) else None
            ),
            "usual_volume_ml": fill.volume_ml if isinstance(fill, LitresFill) else None,
            "usual_payment_method": None if method is None else method.value,
            "use_points": preferences.use_points,
            "personalised": preferences.personalised,
            "topics_off": sorted(topic.value for topic in preferences.topics_off),
        }
        await self._connection.execute(
            insert(PREFERENCES)
            .values(user_id=user_id, **values)
            .on_conflict_do_update(index_elements=[PREFERENCES.c.user_id], set_=values)
        )

    async def set_favourite(self, user_id: int, station_id: int, *, favourite: bool) -> bool:
        if favourite:
            known = select(STATION.c.id).where(STATION.c.id == station_id)
            if (await self._connection.execute(known)).first() is None:
                return False
            change = (
                insert(FAVOURITE)
                .values(user_id=user_id, station_id=station_id)
                .on_conflict_do_nothing()
            )
        else:
            change = delete(FAVOURITE).where(
                FAVOURITE.c.user_id == user_id, FAVOURITE.c.station_id == station_id
            )
        return (await self._connection.execute(change)).rowcount == 1
