"""`scripts/simulate-faults`: very many seeds, on every core, and what the judge says of each."""

import argparse
import gc
import logging
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

import structlog

from tests.simulation import sweep
from tests.simulation.seeds import complaints

_COLLECT_EVERY = 25
_TELL_EVERY = 100
_SHARES = 32
"""The sweep is done in so many parts."""
Given = TypeVar("Given")
Taken = TypeVar("Taken")


def main(given: Sequence[str] | None = None) -> int:
    """Read the options, and do it. Returns 1 where something was found."""
    options = _parser().parse_args(given)
    quiet()
    began = time.monotonic()
    if options.replay is not None:
        return _replay(options.replay)
    if options.sweep:
        return _sweep(began, options.every, options.jobs)
    first = options.first if options.first is not None else secrets.randbelow(1_000_000)
    failed = 0
    for seed, found in on_every_core(_one, range(first, first + options.seeds), options.jobs):
        if found:
            failed += 1
            _say(f"seed {seed}: {len(found)} complaints, the first: {found[0]}")
            _say(f"  scripts/simulate-faults --replay {seed}")
    _say(f"{options.seeds} seeds from {first} on, {failed} failed, {time.monotonic() - began:.0f} s")
    return 1 if failed else 0


def quiet() -> None:
    """Log nothing: what is tried on purpose is no news. And do not look for garbage in the middle of a run."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    gc.collect()
    gc.freeze()
    gc.disable()


def on_every_core(
    work: Callable[[Taken], Given], numbers: Sequence[Taken], jobs: int | None = None, at_once: int = 4
) -> Iterator[Given]:
    """What `work` returns for each number, in order, done by as many processes as there are cores."""
    jobs = jobs or os.cpu_count() or 1
    if jobs == 1:
        yield from map(work, numbers)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("fork")) as pool:
        for done, found in enumerate(pool.map(work, numbers, chunksize=at_once), 1):
            yield found
            if done % _TELL_EVERY == 0:
                _say(f"… {done} of {len(numbers)}")


def _one(seed: int) -> tuple[int, list[str]]:
    found = complaints(seed)
    if seed % _COLLECT_EVERY == 0:
        gc.collect()
    return seed, found


def _replay(seed: int) -> int:
    _, found = _one(seed)
    for complaint in found:
        _say(complaint)
    _say(f"seed {seed}: {len(found) or 'no'} complaints")
    return 1 if found else 0


def _sweep(began: float, every: int, jobs: int | None) -> int:
    numbers = range(0, len(sweep.moments()), every)
    parts = [numbers[first::_SHARES] for first in range(min(_SHARES, len(numbers)))]
    tried, failed = 0, 0
    for part in on_every_core(sweep.in_copies, parts, jobs, at_once=1):
        if tried // _TELL_EVERY < (tried := tried + len(part)) // _TELL_EVERY:
            _say(f"… {tried} of {len(numbers)}")
        for number, found in part.items():
            if found:
                failed += 1
                _say(f"{sweep.moments()[number]}: {found[0]}")
    _say(f"{tried} of {len(sweep.moments())} moments, {failed} failed, {time.monotonic() - began:.0f} s")
    return 1 if failed or tried != len(numbers) else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/simulate-faults", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1_000, help="how many seeds to play (1000)")
    parser.add_argument("--first", type=int, help="the first of them (drawn anew each time)")
    parser.add_argument("--replay", type=int, metavar="SEED", help="play this seed alone, and tell all of it")
    parser.add_argument("--sweep", action="store_true", help="die at every single moment of a small round instead")
    parser.add_argument("--every", type=int, default=1, help="of the sweep, only every so-manieth moment")
    parser.add_argument("--jobs", type=int, help="how many processes (as many as there are cores)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
