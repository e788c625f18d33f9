"""Values that no rule can mean, refused where they are made."""


class SenselessValue(ValueError):
    """Says what is wrong and the way out, Chinese and English; `str` gives the English."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en
