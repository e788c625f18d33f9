"""Which faults come when: all of it follows from the seed."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    KILL_SERVER = "kill -9 a server"
    STOP_SERVER = "SIGSTOP a server"
    KILL_WORKER = "kill -9 a worker"
    STOP_WORKER = "SIGSTOP a worker"
    RESTART_POSTGRES = "PostgreSQL immediate restart"
    TERMINATE_CONNECTIONS = "connections terminated"
    KILL_REDIS = "kill -9 Redis"
    FLUSH_REDIS = "Redis flushed"
    CUT_POSTGRES = "PostgreSQL cut off"
    CUT_REDIS = "Redis cut off"
    HANG_POSTGRES = "PostgreSQL hangs"
    HANG_REDIS = "Redis hangs"
    SLOW_POSTGRES = "PostgreSQL is slow"
    LOSE_ACKNOWLEDGEMENT = "answers to commits lost"
    LOSE_ACKNOWLEDGEMENT_AND_FLUSH = "answers to commits lost, then Redis flushed"
    CLOCK_FORWARD = "clock jumps forward"
    CLOCK_BACK = "clock jumps back"
    NOTICES_REPEATED = "notices of payment repeated"
    NOTICES_REORDERED = "notices of payment reordered"
    NOTICES_LATE = "notices of payment late"
    NOTICES_LOST = "notices of payment lost"
    NOTICES_FORGED = "notices of payment forged"


WEIGHTS = {
    Kind.RESTART_POSTGRES: 2,
    Kind.KILL_SERVER: 2,
    Kind.LOSE_ACKNOWLEDGEMENT: 4,
    Kind.LOSE_ACKNOWLEDGEMENT_AND_FLUSH: 3,
    Kind.TERMINATE_CONNECTIONS: 2,
}
"""How often a kind comes beside the others, which count 1."""


@dataclass(frozen=True, slots=True)
class Fault:
    """`at_s` after the start, lasting `for_s`; `strength` from 0 to 1 means what the kind makes of
    it (how much, which process)."""

    at_s: float
    kind: Kind
    for_s: float
    strength: float


def schedule(seconds: float, seed: int, every_s: float = 1.3) -> Iterator[Fault]:
    """A fault about every `every_s` seconds. The kinds come in shuffled rounds, so that a minute
    sees each."""
    chance = random.Random(seed)
    waiting: list[Kind] = []
    at = 1.0
    while at < seconds - 0.5:
        if not waiting:
            waiting = [kind for kind in Kind for _ in range(WEIGHTS.get(kind, 1))]
            chance.shuffle(waiting)
        yield Fault(
            at_s=round(at, 2),
            kind=waiting.pop(),
            for_s=round(chance.uniform(0.2, 1.0), 2),
            strength=round(chance.random(), 3),
        )
        at += chance.uniform(0.5, 1.5) * every_s
