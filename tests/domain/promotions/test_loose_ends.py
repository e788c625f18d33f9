"""Names in `stacks_with` that nobody answers."""

from app.domain.promotions.loose_ends import LooseEnd, loose_ends
from tests.domain.promotions.builders import promotion


def test_a_handshake_takes_two() -> None:
    a = promotion("A", 100, stacks_with=frozenset({"B"}))
    b = promotion("B", 100)
    assert loose_ends([a], [a, b]) == [LooseEnd("A", "B", answered_by_nobody=True)]
    answered = promotion("B", 100, stacks_with=frozenset({"A"}))
    assert loose_ends([a, answered], [a, answered]) == []


def test_a_name_that_is_nobodys() -> None:
    a = promotion("A", 100, stacks_with=frozenset({"C", "tag:x"}))
    assert loose_ends([a], [a]) == [
        LooseEnd("A", "C", answered_by_nobody=False),
        LooseEnd("A", "tag:x", answered_by_nobody=False),
    ]


def test_by_tags_one_of_those_meant_is_enough() -> None:
    a = promotion("A", 100, tags=frozenset({"y"}), stacks_with=frozenset({"tag:x"}))
    deaf = promotion("B", 100, tags=frozenset({"x"}))
    answers = promotion("C", 100, tags=frozenset({"x"}), stacks_with=frozenset({"tag:y"}))
    assert loose_ends([a], [a, deaf, answers]) == []
    assert loose_ends([a], [a, deaf]) == [LooseEnd("A", "tag:x", answered_by_nobody=True)]


def test_of_those_published_by_code_and_name() -> None:
    b = promotion("B", 100, stacks_with=frozenset({"Z", "Y"}))
    a = promotion("A", 100, stacks_with=frozenset({"Z"}))
    c = promotion("C", 100, stacks_with=frozenset({"Z"}))
    found = loose_ends([b, a], [a, b, c])
    assert [(end.code, end.name) for end in found] == [("A", "Z"), ("B", "Y"), ("B", "Z")]
