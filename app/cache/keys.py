"""Every Redis key and channel name is built here, and nowhere else."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Keys:
    """`namespace` names the database behind: two of them may share one Redis."""

    namespace: str = "youhui"

    @property
    def catalog_channel(self) -> str:
        """The channel on which catalog versions are announced."""
        return f"{self.namespace}:catalog"

    def public_result(self, kind: str, version: int, key: str) -> str:
        """A result that is the same for everyone, of one catalog version."""
        return f"{self.namespace}:public:{kind}:{version}:{key}"
