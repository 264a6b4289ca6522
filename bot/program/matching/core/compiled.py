"""Compiling Python functions to machine code when they are first called, and keeping the result on disk.

The machine code is kept in `__pycache__` beside the source or, where that cannot be written, in the user's cache folder
(or where NUMBA_CACHE_DIR says); where nothing can be written, it is made anew by each process.

The compiler takes two seconds and 100 MB to load, and most processes never pair anybody: so it is loaded by the first
call of any of these functions, and they all are handed to it then.
"""

import sys
from collections.abc import Callable
from functools import cached_property, lru_cache, update_wrapper
from hashlib import blake2b
from importlib import import_module
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar, cast

Function = TypeVar("Function", bound=Callable[..., Any])

_USERS = "bot.program.matching."
"""What the names of all modules that hold such functions begin with."""
_LOADING = RLock()


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
    return cast("Function", _Later(function, forceinline))


class _Later:
    """A function in the place of which the compiled one is put by the first call of any."""

    def __init__(self, function: Callable[..., Any], forceinline: bool) -> None:
        self.function, self.forceinline = function, forceinline
        update_wrapper(self, function)

    def __call__(self, *args: object) -> Any:
        with _LOADING:
            _hand_over()
        return self.handed_over(*args)

    @cached_property
    def handed_over(self) -> Callable[..., Any]:
        """The function as the compiler calls it, which compiles it when it is called itself."""
        # numba has no types: what it makes is called as the function itself is. `_nrt` tells it to count references.
        make = cast("Any", import_module("numba")).njit
        try:
            return make(cache=True, nogil=True, _nrt=False, forceinline=self.forceinline)(self.function)
        except RuntimeError:
            # There is no place to keep it.
            return make(nogil=True, _nrt=False, forceinline=self.forceinline)(self.function)


def _hand_over() -> None:
    """Put the compiler's functions in the place of all that wait: a compiled function only knows those it can see."""
    for name, module in list(sys.modules.items()):
        if not name.startswith(_USERS):
            continue
        for own, value in list(vars(module).items()):
            if isinstance(value, _Later):
                setattr(module, own, value.handed_over)


@lru_cache(maxsize=1)
def _state_of_sources() -> str:
    digest = blake2b(digest_size=6)
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
