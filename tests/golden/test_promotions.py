"""The one runner of the golden cases in `promotions/` (the format: `app.documents.cases`)."""

import pytest

from app.documents.case_views import refusal_in_words, seen, wanted
from app.domain.checkout.engine import quote
from app.domain.checkout.impossible import ChoiceImpossible
from tests.golden.cases import GoldenCase, all_cases, purchase_of


@pytest.mark.parametrize("case", list(all_cases()), ids=lambda case: case.name)
def test_golden(case: GoldenCase) -> None:
    purchase = purchase_of(case.given)
    if "refused" in case.expect:
        with pytest.raises(ChoiceImpossible) as caught:
            quote(purchase)
        assert refusal_in_words(caught.value) == case.expect["refused"]
        return
    answer = quote(purchase)
    assert {"payable_fen", "applied"} <= set(case.expect), "a case must expect these"
    assert seen(answer, purchase, case.expect) == wanted(case.expect)
    assert answer.price.certificate.exact
