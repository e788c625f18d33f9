"""Codes, masking, and who may still be bound."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.referral.binding import BindRefusal, bind_refusal
from app.domain.referral.code import ALPHABET, LENGTH, LONGEST_SCENE, read_code, scene_of
from app.domain.referral.invitee import InviteeState, invitee_state
from app.domain.referral.masking import masked_nickname
from app.domain.referral.referral import Newcomer, SideState
from app.domain.referral.rules import DEFAULT_REFERRAL_RULES, ReferralReward
from app.domain.shared.senseless import SenselessValue

NOON = datetime(2026, 4, 22, 4, tzinfo=UTC)
RULES = DEFAULT_REFERRAL_RULES


def newcomer(**changes: object) -> Newcomer:
    fresh = Newcomer(joined_at=NOON, has_ordered=False, referrer_id=None)
    return replace(fresh, **changes)


def test_no_two_characters_of_a_code_look_alike():
    assert not set("01ILO") & set(ALPHABET)
    assert len(set(ALPHABET)) == len(ALPHABET)


def test_a_code_fits_a_mini_program_scene():
    scene = scene_of(ALPHABET[:LENGTH])
    assert len(scene) <= LONGEST_SCENE
    assert set(scene) <= set(ALPHABET) | set("r=")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("7K3MPQ2X", "7K3MPQ2X"),
        (" 7k3m-pq2x ", "7K3MPQ2X"),
        ("7k3m pq2x", "7K3MPQ2X"),
        ("7K3MPQ2", None),
        ("7K3MPQ2XX", None),
        ("7K3MPQ2O", None),
        ("７K3MPQ2X", None),
        ("", None),
    ],
)
def test_a_code_is_read_as_it_is_typed(typed: str, code: str | None):
    assert read_code(typed) == code


@pytest.mark.parametrize(
    ("changes", "moment", "why"),
    [
        ({}, NOON, None),
        ({}, NOON + timedelta(days=7) - timedelta(seconds=1), None),
        ({}, NOON + timedelta(days=7), BindRefusal.LATE),
        ({"has_ordered": True}, NOON, BindRefusal.LATE),
        ({"referrer_id": 9}, NOON, BindRefusal.BOUND),
        ({"referrer_id": 9, "has_ordered": True}, NOON, BindRefusal.BOUND),
    ],
)
def test_who_may_be_bound(changes: dict, moment: datetime, why: BindRefusal | None):
    assert bind_refusal(RULES, newcomer(**changes), 2, 1, moment) is why


def test_nobody_invites_themselves_or_after_the_end():
    assert bind_refusal(RULES, newcomer(), 1, 1, NOON) is BindRefusal.SELF
    closed = replace(RULES, is_open=False)
    assert bind_refusal(closed, newcomer(), 2, 1, NOON) is BindRefusal.CLOSED


@pytest.mark.parametrize(
    ("nickname", "masked"),
    [("王小明", "王**"), ("Li", "L**"), ("A", "A**"), (None, "**"), ("  ", "**")],
)
def test_a_nickname_shows_its_first_character_only(nickname: str | None, masked: str):
    assert masked_nickname(nickname) == masked


def test_an_invitee_is_told_as_the_contract_says():
    assert invitee_state(SideState.BOUND, has_paid=False) is InviteeState.BOUND
    assert invitee_state(SideState.BOUND, has_paid=True) is InviteeState.ORDERED
    assert invitee_state(SideState.COOLING, has_paid=True) is InviteeState.COOLING
    assert invitee_state(SideState.REVERSING, has_paid=False) is InviteeState.REVERSED
    assert {invitee_state(state, has_paid=False).value for state in SideState} == {
        *(state.value for state in InviteeState if state is not InviteeState.ORDERED)
    }


@pytest.mark.parametrize(
    "given", [{}, {"batch_code": "a", "credit_fen": 1}, {"credit_fen": 0}, {"batch_code": " "}]
)
def test_a_reward_is_one_thing(given: dict):
    with pytest.raises(SenselessValue):
        ReferralReward(**given)


@pytest.mark.parametrize(
    "changes",
    [
        {"cap": 0},
        {"bind_within": timedelta()},
        {"landing_url": "javascript:alert(1)"},
        {"terms": replace(RULES.terms, cooling=-timedelta(seconds=1))},
        {"terms": replace(RULES.terms, least_paid_fen=-1)},
    ],
)
def test_senseless_rules_are_refused(changes: dict):
    with pytest.raises(SenselessValue):
        replace(RULES, **changes)
