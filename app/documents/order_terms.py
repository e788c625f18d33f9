"""Order terms ↔ JSON: one form in the signed quote and in the orders' table.

The names are those of the dataclasses, and what is None is left out. Stored orders keep the form
they were written in for ever: a field may be added with a default; none is renamed or taken away.
"""

from pydantic import TypeAdapter, ValidationError

from app.domain.orders.terms import OrderTerms

_TERMS = TypeAdapter(OrderTerms)


class TermsUnreadable(ValueError):
    """Not the JSON of order terms."""


def dump_terms(terms: OrderTerms) -> bytes:
    """UTF-8, without spaces."""
    return _TERMS.dump_json(terms, exclude_none=True)


def load_terms(text: str | bytes) -> OrderTerms:
    """What `dump_terms` wrote. Raises `TermsUnreadable`."""
    try:
        return _TERMS.validate_json(text)
    except ValidationError as error:
        raise TermsUnreadable(f"{error.error_count()} values of order terms do not read") from error
