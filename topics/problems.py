"""What is wrong with a kit, said by file and line."""

from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz, process


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake: the `file` as the caller named it, the `line` (from 1) and what to do about it."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


class KitError(Exception):
    """A kit that cannot be used; `problems` holds everything that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Findings:
    """Collects problems while a kit is read, so that all of them can be told at once."""

    def __init__(self) -> None:
        self._found: set[Problem] = set()

    def add(self, file: str, line: int, text: str) -> None:
        """Note one problem; the same one twice counts once."""
        self._found.add(Problem(file, line, text))

    def __bool__(self) -> bool:
        return bool(self._found)

    def all(self) -> tuple[Problem, ...]:
        """Every problem, by file and line."""
        return tuple(sorted(self._found))


_ALIKE = 60
"""Percent of likeness from which one word may have been meant for another; below, a suggestion only confuses."""


def suggestion(word: str, known: Iterable[str]) -> str:
    """` (did you mean …?)` when one of the known words is like this one, else nothing."""
    best = process.extractOne(word, sorted(known), scorer=fuzz.ratio, score_cutoff=_ALIKE)
    return f" (did you mean `{best[0]}`?)" if best else ""


def listed(words: Iterable[str]) -> str:
    """Words in a row for a sentence, each marked as code."""
    return ", ".join(f"`{word}`" for word in words)
