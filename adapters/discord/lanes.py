"""What one account does is stored in the order in which it came, and nobody waits for anybody else."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


class Lanes:
    """Work in lanes: within one it is done one after the other. Work that fails holds nobody up."""

    def __init__(self) -> None:
        self._ends: dict[str, asyncio.Task[Any]] = {}
        self._loose: set[asyncio.Task[Any]] = set()

    def put(self, lane: str, work: Coroutine[Any, Any, Result]) -> asyncio.Task[Result]:
        """Do it when all that was put into this lane before is done."""
        task = asyncio.create_task(_after(self._ends.get(lane), work))
        self._ends[lane] = task
        task.add_done_callback(lambda done: self._leave(lane, done))
        return task

    def aside(self, work: Coroutine[Any, Any, None]) -> None:
        """Do it at once, whatever else there is."""
        task = asyncio.create_task(work)
        self._loose.add(task)
        task.add_done_callback(self._loose.discard)

    async def settled(self) -> None:
        """Wait until nothing is left to be done."""
        while tasks := [*self._ends.values(), *self._loose]:
            await asyncio.wait(tasks)

    async def stop(self, patience: float) -> None:
        """End, after what is being done has had a little time."""
        tasks = [*self._ends.values(), *self._loose]
        if tasks:
            await asyncio.wait(tasks, timeout=patience)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _leave(self, lane: str, task: asyncio.Task[Any]) -> None:
        if self._ends.get(lane) is task:
            del self._ends[lane]


async def _after(before: asyncio.Task[Any] | None, work: Coroutine[Any, Any, Result]) -> Result:
    try:
        if before is not None:
            await asyncio.wait({before})
    except BaseException:  # it goes on: only what will never run is closed
        work.close()
        raise
    return await work
