"""The demo's promotions: every kind is used, every name in them exists, texts in two languages."""

import re
from collections import Counter

import pytest

from app.domain.promotions.benefits.dynamic import Dynamic
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.terms import Amount, Base, Lane, Percent, PerLitre, TierMode
from app.integrations.demo_seed.source import DemoFiles
from tests.support.seeded import MOMENT, full_seed

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def promotions() -> tuple[Promotion, ...]:
    return DemoFiles().promotions()


def test_there_are_at_least_34_each_with_its_own_code(promotions: tuple[Promotion, ...]):
    assert len({promotion.code for promotion in promotions}) == len(promotions) >= 34


def test_every_benefit_kind_of_the_demo_is_used(promotions: tuple[Promotion, ...]):
    """Named here, not taken from the engine's list: a new kind need not join the demo."""
    assert {promotion.benefit.kind for promotion in promotions} >= {
        "PER_LITRE_OFF", "PLATFORM_PRICE", "AMOUNT_OFF", "PERCENT_OFF", "TIERED_AMOUNT",
        "TIERED_LITRES", "FIRST_N_LITRES", "DYNAMIC", "POINTS_REDEMPTION", "EXCHANGE",
        "PAYMENT_OFFER", "REWARD",
    }  # fmt: skip


def test_every_condition_kind_of_the_demo_is_used(promotions: tuple[Promotion, ...]):
    assert {c.kind for promotion in promotions for c in promotion.conditions} >= {
        "STATION", "BRAND", "REGION", "TAG", "FUEL_GRADE", "SCHEDULE", "FIRST_ORDER", "SEGMENT",
        "MEMBER_TIER", "CHANNEL", "PAYMENT_METHOD", "THRESHOLD_AMOUNT", "THRESHOLD_LITRES",
    }  # fmt: skip


def test_every_lane_and_every_way_of_excluding_is_used(promotions: tuple[Promotion, ...]):
    assert {promotion.lane for promotion in promotions} == set(Lane)
    assert any(promotion.exclusive for promotion in promotions)
    assert any(promotion.refuses_lanes for promotion in promotions)
    assert any(promotion.cap_fen for promotion in promotions)
    assert any(promotion.paused for promotion in promotions)
    assert any(promotion.threshold_base is Base.RUNNING for promotion in promotions)
    assert any(promotion.percent_base is Base.PUMP for promotion in promotions)
    groups = Counter(p.exclusivity_group for p in promotions if p.exclusivity_group)
    assert max(groups.values()) >= 2


def test_both_tier_modes_and_all_strengths_of_dynamic_offers_are_used(
    promotions: tuple[Promotion, ...],
):
    modes = {getattr(promotion.benefit, "mode", None) for promotion in promotions}
    assert set(TierMode) <= modes
    strengths = {type(p.benefit.strength) for p in promotions if isinstance(p.benefit, Dynamic)}
    assert strengths == {PerLitre, Percent, Amount}


def test_schedules_use_times_across_midnight_weekdays_and_days_of_month(
    promotions: tuple[Promotion, ...],
):
    schedules = [c for p in promotions for c in p.conditions if c.kind == "SCHEDULE"]
    assert any(w.end <= w.start for schedule in schedules for w in schedule.windows)
    assert any(schedule.days_of_week for schedule in schedules)
    assert any(schedule.days_of_month == {8, 18, 28} for schedule in schedules)


def test_titles_are_chinese_and_english(promotions: tuple[Promotion, ...]):
    for promotion in promotions:
        assert CHINESE.search(promotion.title.zh), promotion.code
        assert promotion.title.en, promotion.code
        assert not CHINESE.search(promotion.title.en), promotion.code


def test_each_names_only_codes_and_tags_that_exist(promotions: tuple[Promotion, ...]):
    known = {p.code for p in promotions} | {f"tag:{t}" for p in promotions for t in p.tags}
    for promotion in promotions:
        assert promotion.stacks_with <= known, promotion.code


def test_conditions_name_what_the_demo_has(promotions: tuple[Promotion, ...]):
    seed = full_seed()
    stations = [seeded.station for seeded in seed.stations]
    known = {
        "stations": {station.code for station in stations},
        "brands": {station.brand_code for station in stations},
        "regions": {region.code for region in seed.regions},
        "tags": {tag for station in stations for tag in station.tags},
        "segments": {segment for each in seed.members for segment in each.member.segments},
    }
    for promotion in promotions:
        for condition in promotion.conditions:
            for name, values in known.items():
                assert getattr(condition, name, frozenset()) <= values, promotion.code


def test_some_have_ended_some_begin_later_and_most_are_open(promotions: tuple[Promotion, ...]):
    covered = [promotion.validity.covers(MOMENT) for promotion in promotions]
    assert covered.count(False) == 3
    assert any(p.validity.starts_at and p.validity.starts_at > MOMENT for p in promotions)


def test_costs_are_borne_by_platform_station_and_brand(promotions: tuple[Promotion, ...]):
    assert any(promotion.funding.station_bp == 10_000 for promotion in promotions)
    assert any(promotion.funding.brand_bp >= 5_000 for promotion in promotions)
    assert any(promotion.funding.platform_bp == 10_000 for promotion in promotions)


def test_batches_are_claimable_or_issued_and_say_how_long_they_hold(
    promotions: tuple[Promotion, ...],
):
    batches = [promotion for promotion in promotions if promotion.delivery is not None]
    assert len(batches) >= 10
    assert {promotion.delivery.claimable for promotion in batches} == {True, False}
    for promotion in batches:
        days, end = promotion.delivery.valid_days_from_claim, promotion.validity.ends_at
        assert (days is None) != (end is None), promotion.code
