"""What a change leaves of a member's preferences."""

import pytest

from app.domain.pricing.fill import AmountFill
from app.domain.profiles.changes import PreferenceChanges, changed, names_of_changes
from app.domain.profiles.member import Preferences, Theme, Topic
from app.domain.shared.fuel import FuelGrade

SET = Preferences(
    theme=Theme.DARK,
    language="en",
    usual_fuel_grade=FuelGrade.DIESEL_0,
    usual_fill=AmountFill(30_000),
    use_points=True,
    personalised=False,
    topics_off=frozenset({Topic.OFFERS}),
)


def test_what_is_not_named_stays():
    assert changed(SET, PreferenceChanges()) == SET


def test_none_forgets():
    forgotten = changed(
        SET,
        PreferenceChanges(
            theme=None, language=None, usual_fuel_grade=None, usual_fill=None, personalised=None
        ),
    )
    assert forgotten == Preferences(use_points=True, topics_off=frozenset({Topic.OFFERS}))


@pytest.mark.parametrize(
    ("topics", "off"),
    [
        ({}, {Topic.OFFERS}),
        ({Topic.OFFERS: True}, set()),
        ({Topic.ORDER: False}, {Topic.OFFERS, Topic.ORDER}),
        ({Topic.ORDER: True, Topic.OFFERS: False}, {Topic.OFFERS}),
    ],
)
def test_only_topics_that_are_named_change(topics, off):
    assert changed(SET, PreferenceChanges(topics=topics)).topics_off == off


def test_changes_are_told_by_name_alone():
    after = changed(SET, PreferenceChanges(theme=Theme.LIGHT, personalised=True))
    assert names_of_changes(SET, after) == ("theme", "personalised")
    assert names_of_changes(SET, SET) == ()
