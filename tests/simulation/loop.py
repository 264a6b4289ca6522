"""An event loop in virtual time, and processes that can die or be held up at any await.

A process is a `Life`. Every task that its code makes is driven step by step, from one suspension to the next: at the
step that the seed chose it is never resumed again, as if it had been killed.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine, Generator
from contextlib import suppress
from contextvars import Context, ContextVar
from datetime import datetime, timedelta
from types import coroutine
from typing import Any

AN_AWAIT = "an await"
"""What a process dies of between any two steps of its code."""


class Dead(BaseException):
    """The process is no more. No `except Exception` holds it up."""


class Life:
    """One process from its start to its end.

    It dies at its `steps`-th step or at the `marks`-th of its notable moments (never, where that is 0).
    """

    def __init__(self, name: str, steps: int = 0, marks: int = 0, only: str = "") -> None:
        self.name = name
        self.steps_left, self.marks_left, self.only = steps, marks, only
        self.steps = 0
        self.marks: dict[str, int] = {}
        self.dead = False
        self.died_of = ""
        self.in_database = 0
        self.on_death: list[Callable[[], None]] = []
        self.tasks: set[asyncio.Task[Any]] = set()
        self.held: asyncio.Future[None] | None = None
        self.held_after = 0
        """It is held up at this step, where that is not 0."""
        self.on_hold: Callable[[Life], None] = lambda life: None
        self.asks: Callable[[Life, str], bool] = lambda life, what: False
        """Asked at each moment whether it dies now."""

    def step(self) -> None:
        """The process goes on from one await to the next. Raises Dead where it does not."""
        if self.dead:
            raise Dead(self.name)
        self.steps += 1
        if self.steps == self.steps_left or self.asks(self, AN_AWAIT):
            self.die(AN_AWAIT)

    def pause(self) -> asyncio.Future[None] | None:
        """What it has to wait for before it goes on, where it is held up: never in the middle of a transaction."""
        if self.held_after and self.steps >= self.held_after and not self.in_database and not self.dead:
            self.held_after = 0
            self.on_hold(self)
        return self.held

    def mark(self, what: str) -> None:
        """A moment worth dying at: around a commit, a deed or an acknowledgement. Raises Dead where it is the last."""
        if self.dead:
            raise Dead(self.name)
        self.marks[what] = self.marks.get(what, 0) + 1
        if self.marks_left and self.only in ("", what):
            self.marks_left -= 1
            if not self.marks_left:
                self.die(what)
        if self.asks(self, what):
            self.die(what)

    def die(self, reason: str) -> None:
        """Nothing of it happens any more. Raises Dead."""
        self.dead, self.died_of = True, reason
        if self.held is not None and not self.held.done():
            self.held.set_result(None)
        for end in self.on_death:
            end()
        for task in tuple(self.tasks):
            task.cancel()
        raise Dead(self.name)

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Have the process do something, in a task of its own."""
        context = Context()
        context.run(LIFE.set, self)
        return context.run(asyncio.get_running_loop().create_task, work)

    async def ended(self) -> None:
        """Wait until nothing of it is left."""
        while self.tasks:
            await asyncio.wait(self.tasks)


LIFE: ContextVar[Life | None] = ContextVar("life", default=None)


@coroutine
def tick() -> Generator[None]:
    """Let others go on: one more await at which the process may die."""
    yield


@coroutine
def _steps(life: Life, work: Coroutine[Any, Any, Any]) -> Generator[Any, Any, Any]:
    value: Any = None
    error: BaseException | None = None
    while True:
        while (held := life.pause()) is not None and not held.done():
            try:
                yield from asyncio.shield(held)
            except asyncio.CancelledError as problem:
                # A deadline that passed meanwhile: it is noticed after waking up.
                error = problem
        try:
            life.step()
            given, thrown, value, error = value, error, None, None
            out = work.send(given) if thrown is None else work.throw(thrown)
        except StopIteration as done:
            return done.value
        except Dead:
            _bury(work)
            raise asyncio.CancelledError from None
        try:
            value = yield out
        except BaseException as problem:  # handed on into the work, as a loop does
            error = problem


def _bury(work: Coroutine[Any, Any, Any]) -> None:
    """Unwind what will never go on: the locks of this very process that it waits for must learn of it."""
    with suppress(BaseException):  # whatever it says while it dies, nobody hears it
        work.throw(asyncio.CancelledError())
    with suppress(BaseException):  # the same
        work.close()


async def _driven(life: Life, work: Coroutine[Any, Any, Any]) -> Any:
    return await _steps(life, work)


def _make_task(loop: asyncio.AbstractEventLoop, work: Any, **more: Any) -> "asyncio.Task[Any]":
    context = more.get("context")
    life = context.get(LIFE) if context is not None else LIFE.get()
    if life is None:
        return asyncio.Task(work, loop=loop, **more)
    task = asyncio.Task(_driven(life, work), loop=loop, **more)
    life.tasks.add(task)

    def over(_: object) -> None:
        life.tasks.discard(task)
        # It may never have begun.
        work.close()

    task.add_done_callback(over, context=Context())
    return task


class _Leaps(selectors.DefaultSelector):
    """Where the loop would wait for a timer, its clock leaps there. It waits in earnest for a real database alone."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.abroad = 0

    def select(self, timeout: float | None = None) -> list[Any]:
        if self.abroad:
            return super().select(timeout if timeout == 0 else 60)
        if timeout is None:
            raise RuntimeError("everybody waits, and nothing will ever happen")
        if timeout > 0:
            self.now += timeout
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """Its time stands still while anything can be done, and then leaps to whatever is next."""

    def __init__(self, begin: datetime) -> None:
        self._leaps = _Leaps()
        self._begin = begin
        super().__init__(self._leaps)
        self.set_task_factory(_make_task)

    def time(self) -> float:
        """Seconds since the beginning."""
        return self._leaps.now

    def now(self) -> datetime:
        """The same as a date: the loop is the clock of everybody."""
        return self._begin + timedelta(seconds=round(self._leaps.now, 6))

    def _asyncgen_finalizer_hook(self, agen: Any) -> None:
        """What the dead leave open is not tidied up: nobody would do so for a process that was killed."""

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        """What would be done in a thread is done between two awaits: threads keep no order."""
        answer: asyncio.Future[Any] = self.create_future()
        try:
            answer.set_result(func(*args))
        except Exception as problem:  # it is the answer, as from a thread
            answer.set_exception(problem)
        return answer

    def later(self, seconds: float, what: Callable[..., object], *given: object) -> asyncio.TimerHandle:
        """Something that no process does: it happens even if all of them are dead."""
        return self.call_later(max(0.0, seconds), what, *given, context=Context())

    def at(self, moment: datetime, what: Callable[..., object], *given: object) -> asyncio.TimerHandle:
        """The same at a moment."""
        return self.later((moment - self.now()).total_seconds(), what, *given)

    def abroad(self, change: int) -> None:
        """So many more (or fewer) answers of a real database are waited for."""
        self._leaps.abroad += change
