"""Runs coroutines one step at a time, in an order that a seed decides, with failures in between.

A step goes from one `turn` to the next. Use cases must await nothing but ports: whatever asks for
an event loop fails at once.
"""

import random
import types
from collections.abc import Coroutine, Generator
from dataclasses import dataclass, field
from typing import Any


class Crash(BaseException):
    """The process died at this point: no code of its runs any more but unwinding."""


class Stuck(AssertionError):
    """Tasks are left and none of them ever ends."""


@types.coroutine
def turn(label: str) -> Generator[str, None, None]:
    """Lets others go first. `label`: what comes next, for the trace."""
    yield label


@types.coroutine
def ended(task: "Task") -> Generator["Task", None, None]:
    """Waits for a task's end, however it ends."""
    if not task.done:
        yield task


@dataclass(slots=True, eq=False)
class Task:
    """`process`: a crash of it takes all its tasks; 0: what lives outside, and never crashes."""

    name: str
    process: int
    coroutine: Coroutine[Any, Any, Any]
    result: Any = None
    error: BaseException | None = None
    done: bool = False

    def step(self, thrown: BaseException | None = None) -> "str | Task | None":
        """To the next turn, whose label is answered, or to a wait for the task answered; None: it
        has ended."""
        try:
            if thrown is not None:
                return self.coroutine.throw(thrown)
            return self.coroutine.send(None)
        except StopIteration as end:
            self.result = end.value
        except (Crash, Exception) as error:  # noqa: BLE001 - a task ends with whatever it ends with
            self.error = error
        self.done = True
        return None


@dataclass(slots=True)
class Scheduler:
    """`crash_rate`: how likely a process dies at a step. `trace`: what happened, in order."""

    chance: random.Random
    crash_rate: float = 0.0
    tasks: list[Task] = field(default_factory=list[Task])
    trace: list[str] = field(default_factory=list[str])
    crashes: int = 0
    steps: int = 0
    waiting: dict[Task, list[Task]] = field(default_factory=dict[Task, list[Task]])

    def start(self, name: str, process: int, coroutine: Coroutine[Any, Any, Any]) -> Task:
        task = Task(name, process, coroutine)
        self.tasks.append(task)
        return task

    def run(self, most_steps: int = 200_000) -> None:
        """Until every task has ended. Raises `Stuck`."""
        while self.tasks:
            self.steps += 1
            if self.steps > most_steps:
                raise Stuck(", ".join(task.name for task in self.tasks))
            task = self.tasks[int(self.chance.random() * len(self.tasks))]
            if task.process and self.chance.random() < self.crash_rate:
                self._crash(task.process)
                continue
            self._step(task)

    def _step(self, task: Task) -> None:
        label = task.step()
        if isinstance(label, Task):
            self.tasks.remove(task)
            self.waiting.setdefault(label, []).append(task)
            return
        self.trace.append(f"{task.name}: {label or self._end(task)}")

    def _end(self, task: Task) -> str:
        self.tasks.remove(task)
        self.tasks.extend(self.waiting.pop(task, ()))
        return f"ends with {task.error or task.result!r}"

    def _crash(self, process: int) -> None:
        self.crashes += 1
        self.trace.append(f"process {process} crashes")
        for task in [task for task in self.tasks if task.process == process]:
            label = task.step(Crash())
            while label is not None:  # what unwinds may not hang on to life
                label = task.step(Crash())
            self._end(task)
