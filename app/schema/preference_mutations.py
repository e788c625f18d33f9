"""What the viewer sets: preferences and favourite stations."""

from typing import TypeVar

import strawberry

from app.domain.profiles.changes import UNCHANGED, PreferenceChanges, Unchanged
from app.domain.profiles.member import Theme, Topic
from app.domain.shared.fuel import FuelGrade
from app.domain.shared.payment import PaymentMethod
from app.domain.shared.text import Language
from app.resolvers import preferences as resolve
from app.resolvers.refusals import ErrorCode, Refusal
from app.schema import ids
from app.schema.access import OWN, access
from app.schema.errors import UserError, user_error
from app.schema.info import Info, words_of
from app.schema.stations import Station
from app.schema.values import FillInput
from app.schema.viewer import Preferences

T = TypeVar("T")


@strawberry.input
class TopicInput:
    topic: Topic
    enabled: bool


@strawberry.input
class UpdatePreferencesInput:
    theme: strawberry.Maybe[Theme | None]
    language: strawberry.Maybe[str | None]
    usual_fuel_grade: strawberry.Maybe[FuelGrade | None]
    usual_fill: strawberry.Maybe[FillInput | None]
    usual_payment_method: strawberry.Maybe[PaymentMethod | None]
    personalised: strawberry.Maybe[bool | None]
    topics: list[TopicInput] | None = strawberry.UNSET

    def to_domain(self) -> PreferenceChanges:
        """Raises `ValueError` for a language that is not spoken here."""
        language = _given(self.language)
        fill = _given(self.usual_fill)
        return PreferenceChanges(
            theme=_given(self.theme),
            language=Language(language) if isinstance(language, str) else language,
            usual_fuel_grade=_given(self.usual_fuel_grade),
            usual_fill=fill.to_domain() if isinstance(fill, FillInput) else fill,
            usual_payment_method=_given(self.usual_payment_method),
            personalised=_given(self.personalised),
            topics={one.topic: one.enabled for one in self.topics or ()},
        )


def _given(field: strawberry.Some[T | None] | None) -> T | Unchanged | None:
    return UNCHANGED if field is None else field.value


@strawberry.input
class SetFavouriteInput:
    station_id: strawberry.ID
    favourite: bool


@access(OWN)
@strawberry.type
class UpdatePreferencesPayload:
    preferences: Preferences | None
    user_errors: list[UserError]


@access(OWN)
@strawberry.type
class SetFavouritePayload:
    station: Station | None
    user_errors: list[UserError]


LANGUAGE_UNKNOWN = Refusal(code=ErrorCode.INVALID_INPUT, at=("language",))


@access(OWN)
@strawberry.type
class PreferenceMutations:
    @strawberry.mutation(description="Only what is given changes; null forgets.")
    async def update_preferences(
        self,
        info: Info,
        input: UpdatePreferencesInput,  # noqa: A002 the contract's own word
    ) -> UpdatePreferencesPayload | None:
        try:
            changes = input.to_domain()
        except ValueError:
            refused = [user_error(LANGUAGE_UNKNOWN, words_of(info))]
            return UpdatePreferencesPayload(preferences=None, user_errors=refused)
        updated = await resolve.update_preferences(info.context, changes)
        found = updated.preferences
        return UpdatePreferencesPayload(
            preferences=None if found is None else Preferences.of(found, info),
            user_errors=[user_error(refusal, words_of(info)) for refusal in updated.refusals],
        )

    @strawberry.mutation
    async def set_favourite(
        self,
        info: Info,
        input: SetFavouriteInput,  # noqa: A002 the contract's own word
    ) -> SetFavouritePayload | None:
        favoured = await resolve.set_favourite(
            info.context, ids.station_id(input.station_id), favourite=input.favourite
        )
        return SetFavouritePayload(
            station=Station.of(favoured.station) if favoured.station else None,
            user_errors=[user_error(refusal, words_of(info)) for refusal in favoured.refusals],
        )
