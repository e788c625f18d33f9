"""Names of people, as they are compared."""

import unicodedata


def folded_name(name: str) -> str:
    """Width, case and white space do not make another person."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
