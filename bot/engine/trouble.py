"""Trouble that lasts (a database that is away, a full disk) is told once, with an id, and once more when it is over."""

import secrets
from collections.abc import Generator
from contextlib import contextmanager

import structlog

log = structlog.get_logger()


class Trouble:
    """One part's trouble. `name` is what the log calls it."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._last = ""
        self.fault = ""
        """The id under which it was told; empty while all is well."""

    @contextmanager
    def told(self) -> Generator[None]:
        """What fails inside is told, unless the same was told before. Nothing is raised."""
        try:
            yield
        except Exception as problem:  # what it is for: told, and told when it is over
            self.tell(problem)

    def tell(self, problem: Exception) -> None:
        """Tell of it, unless the same was told before."""
        kind = f"{type(problem).__name__}: {_first_line(problem)}"
        if self.fault and type(problem).__name__ == self._last:
            log.debug(self._name, fault=self.fault, problem=kind)
            return
        self.fault, self._last = secrets.token_hex(4), type(problem).__name__
        log.error(self._name, fault=self.fault, problem=kind, exc_info=problem)

    def over(self) -> None:
        """All is well (again)."""
        if self.fault:
            log.warning(f"{self._name}_over", fault=self.fault)
            self.fault = self._last = ""


def _first_line(problem: Exception) -> str:
    lines = str(problem).splitlines()
    return lines[0][:200] if lines else ""
