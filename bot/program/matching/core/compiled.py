"""Compiling Python functions to machine code when they are first called, and keeping the result on disk.

The machine code is kept in `__pycache__` beside the source or, where that cannot be written, in the user's cache folder
(or where NUMBA_CACHE_DIR says); where nothing can be written, it is made anew by each process.
"""

from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """The function, compiled at its first call. It lets other threads run meanwhile, and must not make arrays or lists:
    counting references to those, at every call, would take longer than most of our functions.
    """
    return _compiled(function, forceinline=False)


def inlined(function: Function) -> Function:
    """The function, compiled into each compiled one that calls it: for what is small and called for every pair."""
    return _compiled(function, forceinline=True)


def _compiled(function: Function, forceinline: bool) -> Function:
    # What is kept is found again by the function's name, and is used as long as its own file has not changed. But it
    # contains the functions that it calls, from other files as well, so their state becomes a part of the name.
    function.__qualname__ = f"{function.__qualname__}_{_state_of_sources()}"
    # numba has no types: what it makes is called as the function itself is. `_nrt` tells it to count references.
    make = cast("Any", numba.njit)
    try:
        return make(cache=True, nogil=True, _nrt=False, forceinline=forceinline)(function)
    except RuntimeError:
        # There is no place to keep it.
        return make(nogil=True, _nrt=False, forceinline=forceinline)(function)


@lru_cache(maxsize=1)
def _state_of_sources() -> str:
    digest = blake2b(digest_size=6)
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
