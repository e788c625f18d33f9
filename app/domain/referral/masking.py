"""Names of members as other members may see them."""

NAMELESS = "**"


def masked_nickname(nickname: str | None) -> str:
    """The first character and two stars, whatever the length: "王**". Nobody's name: "**"."""
    name = (nickname or "").strip()
    return name[:1] + NAMELESS
