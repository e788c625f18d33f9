"""One simulated world: its database, provider and clock, its processes, and what clients know."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from app.domain.audit.record import Actor, ActorKind
from app.domain.shared.payment import PaymentMethod
from app.ports.errors import StorageConflict, StorageUnavailable
from app.resolvers.desk import Desk
from app.resolvers.refusals import Refusal
from tests.simulation.provider import Clock, MemoryPay
from tests.simulation.scheduler import Crash, Scheduler, Task, ended
from tests.simulation.store import Failures, Store
from tests.simulation.town import CATALOG, MEMBERS, REFERRAL, START, open_accounts
from tests.simulation.works import MemoryWorks

SERVERS, WORKERS = (1, 2), (3, 4)
LOST = (Crash, StorageUnavailable, StorageConflict)
"""How a request may end without an answer."""


@dataclass(slots=True, kw_only=True)
class Asked:
    """What a client asked under one key, and every answer that reached it."""

    operation: str
    user_id: int
    key: str
    about: dict[str, Any]
    answers: list[Any] = field(default_factory=list[Any])

    @property
    def refused(self) -> bool:
        return any(isinstance(answer, tuple) for answer in self.answers)

    def told(self, name: str) -> Any:
        """A value of the first answer that was no refusal; None: no such answer."""
        receipts = (answer for answer in self.answers if not isinstance(answer, tuple))
        return next((receipt[name] for receipt in receipts), None)


@dataclass(slots=True)
class World:
    """`history`: what clients asked. `members`: their tasks. `broken`: what should
    never happen and did."""

    seed: int
    chance: random.Random = field(init=False)
    clock: Clock = field(init=False)
    store: Store = field(init=False)
    pay: MemoryPay = field(init=False)
    works: MemoryWorks = field(init=False)
    scheduler: Scheduler = field(init=False)
    history: list[Asked] = field(default_factory=list[Asked])
    broken: list[str] = field(default_factory=list[str])
    members: list[Task] = field(default_factory=list[Task])
    numbers: int = 0

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        rough = self.chance.choice((0.0, 0.5, 1.0, 2.0))
        failures = Failures(self.chance, statement=0.004 * rough, commit=0.04 * rough)
        self.clock = Clock(START)
        self.store = Store(failures)
        self.pay = MemoryPay(self.chance, self.clock, fault=0.2 * rough, rejects=0.2 * (rough > 0))
        self.works = MemoryWorks(
            self.store, frozenset(MEMBERS), REFERRAL, START - timedelta(hours=1)
        )
        self.scheduler = Scheduler(self.chance, crash_rate=0.002 * rough)
        open_accounts(self.store)

    @property
    def faults(self) -> int:
        return self.store.failures.injected + self.pay.faults

    def calm(self) -> None:
        """Nothing fails any more."""
        self.store.failures.statement = self.store.failures.commit = 0.0
        self.pay.fault = self.pay.rejects = self.scheduler.crash_rate = 0.0

    def new_key(self, of: str) -> str:
        self.numbers += 1
        return f"{of}-{self.numbers}"

    def desk(self, name: str, kind: ActorKind = ActorKind.VIEWER) -> Desk:
        return Desk(
            works=self.works,
            moment=self.clock.now,
            catalog=CATALOG,
            actor=Actor(kind=kind, name=name),
            providers={PaymentMethod.WECHAT_PAY: self.pay},
        )

    def send(self, name: str, act: Callable[[], Awaitable[Any]]) -> Task:
        """A request to one of the servers."""

        async def run() -> Any:
            return await act()

        return self.scheduler.start(name, self.chance.choice(SERVERS), run())

    async def ask(self, asked: Asked, act: Callable[[], Awaitable[Any]]) -> Any:
        """Repeats with the same key until there is an answer, or the client has had enough: then
        None. Sometimes taps twice, and sometimes asks again after the answer."""
        self.history.append(asked)
        name = f"{asked.operation} {asked.key}"
        for _ in range(8):
            tasks = [self.send(name, act) for _ in range(1 + (self.chance.random() < 0.1))]
            for task in tasks:
                await ended(task)
                if task.error is None:
                    asked.answers.append(task.result)
                elif not isinstance(task.error, LOST):
                    self.broken.append(f"{name} raised {task.error!r}")
                    return None
            if asked.answers and self.chance.random() > 0.1:
                return asked.answers[0]
            if not asked.answers and self.chance.random() < 0.05:
                return None
        return asked.answers[0] if asked.answers else None


def codes(answer: Any) -> set[str]:
    """Why it was refused."""
    if not isinstance(answer, tuple):
        return set()
    return {refusal.code.value for refusal in answer if isinstance(refusal, Refusal)}
