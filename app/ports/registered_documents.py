"""Documents that clients registered by sending a text along with its hash, where that is allowed."""

from typing import Protocol


class RegisteredDocuments(Protocol):
    """Bounded: what was not used for long is forgotten, and clients then send the text again. The
    other side down: what this process itself was told is still known."""

    async def find(self, sha256: str) -> str | None:
        """The text, whichever process was told it."""
        ...

    async def keep(self, sha256: str, text: str) -> None:
        """The caller has checked that the hash is the text's."""
        ...
