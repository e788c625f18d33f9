"""What a member changes of their preferences: what is not named stays, what is forgotten goes back
to what a new member has."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from app.domain.pricing.fill import Fill
from app.domain.profiles.member import Preferences, Theme, Topic
from app.domain.shared.fuel import FuelGrade
from app.domain.shared.payment import PaymentMethod
from app.domain.shared.text import Language

T = TypeVar("T")


class Unchanged:
    """Not named."""


UNCHANGED: Final = Unchanged()


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferenceChanges:
    """None forgets. `topics`: those named, on or off; the others stay."""

    theme: Theme | Unchanged | None = UNCHANGED
    language: Language | Unchanged | None = UNCHANGED
    usual_fuel_grade: FuelGrade | Unchanged | None = UNCHANGED
    usual_fill: Fill | Unchanged | None = UNCHANGED
    usual_payment_method: PaymentMethod | Unchanged | None = UNCHANGED
    personalised: bool | Unchanged | None = UNCHANGED
    topics: Mapping[Topic, bool] = field(default_factory=dict[Topic, bool])


NEW: Final = Preferences()


def changed(preferences: Preferences, changes: PreferenceChanges) -> Preferences:
    """The preferences after the changes."""
    off = {topic for topic, enabled in changes.topics.items() if not enabled}
    return replace(
        preferences,
        theme=_after(preferences.theme, changes.theme) or NEW.theme,
        language=_after(preferences.language, changes.language) or NEW.language,
        usual_fuel_grade=_after(preferences.usual_fuel_grade, changes.usual_fuel_grade),
        usual_fill=_after(preferences.usual_fill, changes.usual_fill),
        usual_payment_method=_after(preferences.usual_payment_method, changes.usual_payment_method),
        personalised=_after(preferences.personalised, changes.personalised) is not False,
        topics_off=frozenset((preferences.topics_off - changes.topics.keys()) | off),
    )


def names_of_changes(before: Preferences, after: Preferences) -> tuple[str, ...]:
    """Which of them differ, in the order of `Preferences`; never what they are."""
    return tuple(
        name
        for name in Preferences.__dataclass_fields__
        if getattr(before, name) != getattr(after, name)
    )


def _after(now: T, change: T | Unchanged | None) -> T | None:
    return now if isinstance(change, Unchanged) else change
