"""Every Redis key and channel name is built here, and nowhere else."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Keys:
    """`namespace` names the database behind: two of them may share one Redis."""

    namespace: str

    @property
    def catalog_channel(self) -> str:
        """The channel on which catalog versions are announced."""
        return f"{self.namespace}:catalog"

    @property
    def order_channel(self) -> str:
        """The channel on which changed orders are told: member's and order's id."""
        return f"{self.namespace}:orders"

    @property
    def revoked(self) -> str:
        """Sessions that ended, by the instant at which their last access token does."""
        return f"{self.namespace}:revoked"

    @property
    def revoked_channel(self) -> str:
        """The channel on which sessions that end are told, as names of the set."""
        return f"{self.namespace}:revoked:told"

    def public_result(self, kind: str, version: int, key: str) -> str:
        """A result that is the same for everyone, of one catalog version."""
        return f"{self.namespace}:public:{kind}:{version}:{key}"

    @property
    def registered_documents(self) -> str:
        """Which documents are registered, and when each was."""
        return f"{self.namespace}:documents"

    def registered_document(self, sha256: str) -> str:
        """The text of one."""
        return f"{self.namespace}:document:{sha256}"

    def bucket(self, name: str) -> str:
        """A leaky bucket: the instant at which it is full again."""
        return f"{self.namespace}:bucket:{name}"


class DatabaseKeys:
    """The keys of one database. `identity` is awaited at the first use and never again once it
    has answered; until then its errors are the caller's."""

    def __init__(self, identity: Callable[[], Awaitable[str]]) -> None:
        self._identity = identity
        self._keys: Keys | None = None

    async def __call__(self) -> Keys:
        if self._keys is None:
            self._keys = Keys(f"youhui-{await self._identity()}")
        return self._keys


async def known(keys: Keys | DatabaseKeys) -> Keys:
    return keys if isinstance(keys, Keys) else await keys()
