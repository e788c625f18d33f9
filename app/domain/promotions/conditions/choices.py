"""What conditions share: refusing lists and thresholds that mean nothing."""

from collections.abc import Collection

from app.domain.shared.senseless import SenselessValue


def require_some(accepted: Collection[object], what: str) -> None:
    """A condition that accepts nothing can never hold: SenselessValue names what is empty."""
    if not accepted:
        raise SenselessValue(
            f"{what} 至少要列出一项，否则永远不满足；不限制时请删去这个条件",
            f"{what} must name at least one, else it never holds; to accept all, drop the condition",
        )


def require_codes(accepted: Collection[str], what: str) -> None:
    """As `require_some`; a blank code is refused too."""
    require_some(accepted, what)
    if any(not code.strip() for code in accepted):
        raise SenselessValue(
            f"{what} 中有空白代码，请删去", f"{what} holds a blank code: remove it"
        )


def require_above_zero(least: int, what: str) -> None:
    """A threshold of nothing always holds: it is refused."""
    if least <= 0:
        raise SenselessValue(
            f"{what} 必须大于 0；不设门槛时请删去这个条件",
            f"{what} must be above 0; for no threshold, drop the condition",
        )
