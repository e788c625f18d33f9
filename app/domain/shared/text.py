"""Text in the languages that drivers and operators read."""

from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    ZH = "zh-CN"
    EN = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalizedText:
    """Chinese first; English where it is given, else the Chinese."""

    zh: str
    en: str | None = None

    def in_language(self, language: Language) -> str:
        return self.en if language is Language.EN and self.en else self.zh
