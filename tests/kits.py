"""Kits to break: copies of the short built-in one, and of the base texts, changed in one place."""

import shutil
from pathlib import Path

from topics.kit import Problem, check_kit, find_kit

MARK = "¦"
"""Stands in a replacement where its mistake is; the line it is on is the one to be named."""


def copy_of(name: str, folder: Path) -> Path:
    """A built-in kit copied into a folder."""
    return Path(shutil.copytree(find_kit(name), folder / name))


def spoil(path: Path, old: str, new: str) -> int:
    """Replace the first `old` of a file by `new`; the line of the mark in it, which is not written."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path.name} has no {old!r}"
    assert MARK in new
    spoilt = text.replace(old, new, 1)
    path.write_text(spoilt.replace(MARK, "", 1), encoding="utf-8")
    return spoilt[: spoilt.index(MARK)].count("\n") + 1


def base_of(folder: Path, text: str) -> Path:
    """A folder of base texts with one file."""
    base = folder / "base-texts"
    base.mkdir()
    (base / "texts.toml").write_text(text, encoding="utf-8")
    return base


def only_problem(kit: Path, base: Path | None = None) -> Problem:
    """The one thing that is wrong with a kit."""
    problems = check_kit(kit, base) if base else check_kit(kit)
    assert len(problems) == 1, "\n".join(str(problem) for problem in problems)
    return problems[0]
