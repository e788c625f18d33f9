"""Share codes (邀请码): read aloud and typed without doubt, and short enough for a mini-program's
scene of 32 characters."""

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without 0 and O, 1 and I and L, which look alike."""
LENGTH = 8
SCENE_PREFIX = "r="
LONGEST_SCENE = 32


def read_code(typed: str) -> str | None:
    """The code that was typed, in whatever case and with spaces or dashes; None: it is none."""
    code = typed.strip().upper().replace("-", "").replace(" ", "")
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


def scene_of(code: str) -> str:
    """What the mini-program finds in its launch options, e.g. "r=7K3MPQ2X"."""
    return SCENE_PREFIX + code
