"""Figures that no promotion can mean, refused where they are written."""

from app.domain.shared.senseless import SenselessValue

WHOLE_BP = 10_000
"""Basis points of the whole."""


def refuse_below_zero(value: int, name: str) -> None:
    """SenselessValue where `value` is negative."""
    if value < 0:
        raise SenselessValue(
            f"{name} 不能为负数，现为 {value}", f"{name} must not be negative, but is {value}"
        )


def refuse_not_above_zero(value: int, name: str) -> None:
    """SenselessValue where `value` is not above 0."""
    if value <= 0:
        raise SenselessValue(
            f"{name} 必须大于 0，现为 {value}", f"{name} must be above 0, but is {value}"
        )


def refuse_over_whole(value: int, name: str) -> None:
    """SenselessValue where `value` is over 10,000 basis points."""
    if value > WHOLE_BP:
        raise SenselessValue(
            f"{name} 不能超过 {WHOLE_BP} 基点，现为 {value}",
            f"{name} must not be over {WHOLE_BP} basis points, but is {value}",
        )
