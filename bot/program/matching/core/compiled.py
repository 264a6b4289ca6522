"""Compiling Python functions to machine code when they are first called, and keeping the result on disk."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """The function, compiled at its first call. It lets other threads run meanwhile.

    The machine code is kept beside the source or, where that folder cannot be written, in the user's cache folder.
    """
    # numba has no types: what it makes is called as the function itself is.
    make = cast("Callable[[Function], Function]", numba.njit(cache=True, nogil=True))  # pyright: ignore[reportUnknownMemberType]
    return make(function)
