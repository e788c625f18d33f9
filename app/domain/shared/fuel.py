"""Fuel grades (油号) and the types that they belong to."""

from enum import StrEnum


class FuelType(StrEnum):
    GASOLINE = "GASOLINE"
    DIESEL = "DIESEL"


class FuelGrade(StrEnum):
    """Grades sold by the litre; the order is the order of display."""

    GASOLINE_89 = "GASOLINE_89"
    GASOLINE_92 = "GASOLINE_92"
    GASOLINE_95 = "GASOLINE_95"
    GASOLINE_98 = "GASOLINE_98"
    DIESEL_0 = "DIESEL_0"
    DIESEL_MINUS_10 = "DIESEL_MINUS_10"
    DIESEL_MINUS_20 = "DIESEL_MINUS_20"
    DIESEL_MINUS_35 = "DIESEL_MINUS_35"

    @property
    def fuel_type(self) -> FuelType:
        return FuelType.GASOLINE if self.name.startswith("GASOLINE") else FuelType.DIESEL
