"""The life cycle: every move that is legal, and that no other is."""

from datetime import UTC, datetime

import pytest

from app.domain.promotions.lifecycle import (
    MOVES,
    Act,
    ApprovedByItsAuthor,
    IllegalMove,
    NoName,
    State,
    Step,
    next_state,
)

AT = datetime(2026, 3, 10, tzinfo=UTC)
WAYS: dict[State | None, tuple[Act, ...]] = {
    None: (),
    State.DRAFT: (Act.DRAFT,),
    State.SUBMITTED: (Act.DRAFT, Act.SUBMIT),
    State.APPROVED: (Act.DRAFT, Act.SUBMIT, Act.APPROVE),
    State.LIVE: (Act.DRAFT, Act.SUBMIT, Act.APPROVE, Act.PUBLISH),
    State.PAUSED: (Act.DRAFT, Act.SUBMIT, Act.APPROVE, Act.PUBLISH, Act.PAUSE),
    State.ENDED: (Act.DRAFT, Act.END),
}


def lived(*acts: Act) -> list[Step]:
    """Drafted by Li, all else done by Wang."""
    steps: list[Step] = []
    for act in acts:
        by = "Wang" if steps else "Li"
        state = next_state("A", 1, steps, act, by)
        steps.append(Step(act=act, state=state, by=by, at=AT))
    return steps


@pytest.mark.parametrize("state", WAYS)
def test_the_way_to_each_state_leads_there(state: State | None) -> None:
    steps = lived(*WAYS[state])
    assert (steps[-1].state if steps else None) is state


@pytest.mark.parametrize("state", WAYS)
@pytest.mark.parametrize("act", Act)
def test_the_table_is_all_that_is_allowed(state: State | None, act: Act) -> None:
    steps = lived(*WAYS[state])
    if (state, act) in MOVES:
        assert next_state("A", 1, steps, act, "Zhao") is MOVES[state, act]
    else:
        with pytest.raises(IllegalMove) as caught:
            next_state("A", 1, steps, act, "Zhao")
        assert caught.value.act is act
        assert "A@1" in caught.value.zh
        assert "A@1" in caught.value.en


def test_ended_is_the_end() -> None:
    assert not [act for state, act in MOVES if state is State.ENDED]


def test_live_is_reached_by_approval_alone_or_openly_without() -> None:
    ways = {(state, act) for (state, act), then in MOVES.items() if then is State.LIVE}
    assert ways == {
        (State.APPROVED, Act.PUBLISH),
        (State.PAUSED, Act.RESUME),
        (None, Act.PUBLISH_UNREVIEWED),
    }


def test_what_was_sent_back_is_submitted_and_approved_anew() -> None:
    again = (Act.DRAFT, Act.SUBMIT, Act.SEND_BACK, Act.SUBMIT)
    assert lived(*again)[-1].state is State.SUBMITTED
    with pytest.raises(ApprovedByItsAuthor):
        next_state("A", 1, lived(*again), Act.APPROVE, "Li")
    assert lived(*again, Act.APPROVE, Act.SEND_BACK)[-1].state is State.DRAFT


@pytest.mark.parametrize("name", ["Li", "li", " LI ", "Ｌi"])
def test_the_author_does_not_approve(name: str) -> None:
    with pytest.raises(ApprovedByItsAuthor, match="A@1 was written by Li"):
        next_state("A", 1, lived(Act.DRAFT, Act.SUBMIT), Act.APPROVE, name)


@pytest.mark.parametrize("name", ["", " ", "\u3000"])
def test_nobody_does_nothing(name: str) -> None:
    with pytest.raises(NoName):
        next_state("A", 1, [], Act.DRAFT, name)
