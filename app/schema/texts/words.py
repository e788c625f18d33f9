"""The language of a request and the names of things: what every text is made with."""

from dataclasses import dataclass

from app.domain.checkout.catalog import Catalog
from app.domain.shared.text import Language


@dataclass(frozen=True, slots=True)
class Words:
    """Texts in one language; names of brands, regions and stations come from one catalog."""

    language: Language
    catalog: Catalog

    def say(self, zh: str, en: str) -> str:
        return en if self.language is Language.EN else zh

    def join(self, parts: list[str]) -> str:
        return self.say("、", ", ").join(parts)

    def brand(self, code: str) -> str:
        label = self.catalog.brands.get(code)
        return label.name.in_language(self.language) if label else code

    def amenity(self, code: str) -> str:
        """A tag that is no amenity is an operator's own word: drivers read that stations take part."""
        label = self.catalog.amenities.get(code)
        return label.name.in_language(self.language) if label else self.say("活动", "participating")

    def region(self, code: str) -> str:
        region = self.catalog.regions.get(code)
        return region.name if region else code

    def station(self, code: str) -> str:
        """By station code ("source:source_id"); one that is gone keeps its code."""
        station = self.catalog.stations.by_code.get(code)
        return station.name if station else code
