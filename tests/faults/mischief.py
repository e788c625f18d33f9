"""What each kind of fault does to the town, and how it is undone."""

import asyncio
import random
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

import psycopg

from tests.faults.recovery import Recovery
from tests.faults.schedule import Fault, Kind
from tests.faults.simulator import Simulator
from tests.faults.town import Program, Town
from tests.faults.wire import Wire

FURTHEST_JUMP_S = 40
FURTHEST_AHEAD_S = 120
"""Notices of payment, which carry the true time, are refused when they look older than 300 s."""


@dataclass
class Mischief:
    """`done`: how many faults have begun."""

    town: Town
    simulator: Simulator
    recovery: Recovery
    tell: Callable[[str], None]
    done: int = 0
    _running: set[asyncio.Task[None]] = field(default_factory=set)
    _by_kind: dict[Kind, Callable[[Fault], Awaitable[None]]] = field(
        default_factory=dict[Kind, Callable[[Fault], Awaitable[None]]]
    )

    def __post_init__(self) -> None:
        self._by_kind = {
            Kind.KILL_SERVER: self._kill_server,
            Kind.STOP_SERVER: self._stop_server,
            Kind.KILL_WORKER: self._kill_worker,
            Kind.STOP_WORKER: self._stop_worker,
            Kind.RESTART_POSTGRES: self._restart_postgres,
            Kind.TERMINATE_CONNECTIONS: self._terminate_connections,
            Kind.KILL_REDIS: self._kill_redis,
            Kind.FLUSH_REDIS: self._flush_redis,
            Kind.CUT_POSTGRES: lambda fault: self._wire(fault).cut(fault.for_s),
            Kind.CUT_REDIS: lambda fault: self._wire(fault).cut(fault.for_s),
            Kind.HANG_POSTGRES: lambda fault: self._wire(fault).hang(fault.for_s),
            Kind.HANG_REDIS: lambda fault: self._wire(fault).hang(fault.for_s),
            Kind.SLOW_POSTGRES: lambda fault: self._wire(fault).slow(
                fault.for_s, 0.005 + fault.strength * 0.02
            ),
            Kind.LOSE_ACKNOWLEDGEMENT: self._lose_acknowledgement,
            Kind.LOSE_ACKNOWLEDGEMENT_AND_FLUSH: self._lose_acknowledgement_and_flush,
            Kind.CLOCK_FORWARD: self._jump_forward,
            Kind.CLOCK_BACK: self._jump_back,
            Kind.NOTICES_REPEATED: lambda fault: simulator_for(self, "repeat", fault),
            Kind.NOTICES_REORDERED: lambda fault: simulator_for(self, "reorder", fault),
            Kind.NOTICES_LATE: lambda fault: simulator_for(self, "delay", fault),
            Kind.NOTICES_LOST: lambda fault: simulator_for(self, "lose", fault),
            Kind.NOTICES_FORGED: lambda fault: simulator_for(self, "forge", fault),
        }

    async def follow(self, faults: list[Fault]) -> None:
        """Begins each fault at its time, and returns when the last has ended."""
        began = asyncio.get_running_loop().time()
        for fault in faults:
            await asyncio.sleep(began + fault.at_s - asyncio.get_running_loop().time())
            self.tell(f"{fault.at_s:6.1f} s  {fault.kind} ({fault.for_s} s)")
            self.done += 1
            task = asyncio.ensure_future(self._by_kind[fault.kind](fault))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        while self._running:
            await asyncio.gather(*self._running)

    async def heal(self) -> None:
        """Whatever was killed or stopped runs again, and nothing is in the way."""
        for program in (*self.town.servers, *self.town.workers):
            program.send(signal.SIGCONT)
            if not program.alive:
                program.start()
        for wire in (self.town.to_postgres, self.town.to_redis):
            assert wire is not None
            wire.losses = 0
        await self.simulator.behave()
        await self.town.await_ready()

    # ---- processes ---------------------------------------------------------------------------

    async def _kill_server(self, fault: Fault) -> None:
        server = _chosen(self.town.servers, fault)
        if server.alive:
            self.recovery.broke("kill -9 一个服务进程，到任一进程应答 server killed, any answers")
            await self._kill(server, fault)
            port = self.town.ports[self.town.servers.index(server)]
            self.recovery.broke("重新启动，到它自己应答 that server started, it answers", port)

    async def _kill_worker(self, fault: Fault) -> None:
        await self._kill(_chosen(self.town.workers, fault), fault)

    async def _kill(self, program: Program, fault: Fault) -> None:
        if program.alive:
            await asyncio.to_thread(program.kill)
            await asyncio.sleep(fault.for_s)
            program.start()

    async def _stop_server(self, fault: Fault) -> None:
        await self._stop(_chosen(self.town.servers, fault), fault)

    async def _stop_worker(self, fault: Fault) -> None:
        await self._stop(_chosen(self.town.workers, fault), fault)

    async def _stop(self, program: Program, fault: Fault) -> None:
        program.send(signal.SIGSTOP)
        await asyncio.sleep(fault.for_s)
        program.send(signal.SIGCONT)

    # ---- databases ---------------------------------------------------------------------------

    def _wire(self, fault: Fault) -> Wire:
        wire = self.town.to_postgres if "PostgreSQL" in fault.kind else self.town.to_redis
        assert wire is not None
        return wire

    async def _restart_postgres(self, fault: Fault) -> None:
        self.recovery.broke("PostgreSQL 立即停止并重启，到请求成功 restarted, requests succeed")
        await asyncio.to_thread(self.town.restart_postgres)

    async def _terminate_connections(self, fault: Fault) -> None:
        def terminate() -> None:
            with self.town.connect() as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend' "
                    "AND random() < %s",
                    [0.3 + fault.strength * 0.7],
                )

        with suppress(psycopg.OperationalError):  # it may be restarting just now
            await asyncio.to_thread(terminate)

    async def _kill_redis(self, fault: Fault) -> None:
        await asyncio.to_thread(self.town.kill_redis)

    async def _flush_redis(self, fault: Fault) -> None:
        await self.town.flush_redis()

    async def _lose_acknowledgement(self, fault: Fault) -> None:
        await self._lose(fault, then_flush=False)

    async def _lose_acknowledgement_and_flush(self, fault: Fault) -> None:
        await self._lose(fault, then_flush=True)

    async def _lose(self, fault: Fault, *, then_flush: bool) -> None:
        wire = self.town.to_postgres
        assert wire is not None
        wire.after_loss = self.town.flush_redis if then_flush else None
        wire.losses += 1 + int(fault.strength * 6)

    # ---- clock -------------------------------------------------------------------------------

    async def _jump_forward(self, fault: Fault) -> None:
        room = FURTHEST_AHEAD_S - self.town.jumped_s
        self.town.jump(min(room, 1 + int(fault.strength * FURTHEST_JUMP_S)))

    async def _jump_back(self, fault: Fault) -> None:
        """Never before the true time: access tokens and signed notices have begun by then."""
        self.town.jump(-min(self.town.jumped_s, 1 + int(fault.strength * FURTHEST_JUMP_S)))


async def simulator_for(mischief: Mischief, how: str, fault: Fault) -> None:
    """The pay simulator misbehaves for a while."""
    await mischief.simulator.misbehave(how, 0.3 + fault.strength * 0.7)
    await asyncio.sleep(fault.for_s)
    await mischief.simulator.behave()


def _chosen(programs: list[Program], fault: Fault) -> Program:
    return random.Random(fault.strength).choice(programs)
