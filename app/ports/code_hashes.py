"""What is kept of a code instead of the code."""

from typing import Protocol


class CodeHashes(Protocol):
    def of(self, code: str) -> tuple[bytes, ...]:
        """32 bytes under each key that the server has, the one in use first. `code`: in its one
        spelling (`app.domain.wallet.codes.read_code`)."""
        ...
