"""What conditions share: refusing an empty list of what they accept."""

from collections.abc import Collection


def require_some(accepted: Collection[object], what: str) -> None:
    """A condition that accepts nothing can never hold: ValueError names what is empty."""
    if not accepted:
        raise ValueError(f"{what} must name at least one: a condition that accepts nothing never holds")


def require_codes(accepted: Collection[str], what: str) -> None:
    """As `require_some`; a blank code is refused too."""
    require_some(accepted, what)
    if any(not code.strip() for code in accepted):
        raise ValueError(f"{what} holds a blank code")
