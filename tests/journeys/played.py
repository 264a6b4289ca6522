"""Plays a round with `simulate`, and keeps its files together."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bot.app import kit_of
from bot.simulate import Choices, simulate
from tests.journeys.evidence import Rules
from tests.journeys.judge import judge
from topics.model import Kit

FILES = ("participants.csv", "partnerships.csv", "decisions.csv", "ledger.jsonl")


@dataclass(frozen=True, slots=True)
class Played:
    """An application file, and the folder that `simulate` wrote for it."""

    applicants: Path
    out: Path

    def complaints(self, rules: Rules | None = None) -> list[str]:
        """What the judge has to say."""
        return judge(self.applicants, self.out, rules)

    def copy(self, folder: Path) -> "Played":
        """The same files elsewhere."""
        folder.mkdir()
        shutil.copytree(self.out, folder / "out")
        return Played(Path(shutil.copy(self.applicants, folder)), folder / "out")

    def text(self, name: str) -> str:
        """A file of the result."""
        return (self.out / name).read_text(encoding="utf-8")

    def summary(self) -> dict[str, Any]:
        """The summary."""
        return json.loads(self.text("summary.json"))

    def rewrite_ledger(self, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> None:
        """Tamper with the ledger: it becomes what `change` makes of its lines."""
        lines = [json.loads(line) for line in self.text("ledger.jsonl").splitlines()]
        changed = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in change(lines))
        (self.out / "ledger.jsonl").write_text(changed, encoding="utf-8")

    def rewrite(self, name: str, change: Callable[[str], str]) -> None:
        """Tamper with another file of the result. It must become another one."""
        before = self.text(name)
        after = change(before)
        assert after != before, "nothing was changed"
        (self.out / name).write_text(after, encoding="utf-8")


@cache
def _kit() -> Kit:
    return kit_of("librarians")["librarians"]


async def play(folder: Path, applicants: bytes, **choices: Any) -> Played:
    """Play a round of the librarians on this file, with seed 7 unless told otherwise."""
    path = folder / "applicants.csv"
    path.write_bytes(applicants)
    await simulate(_kit(), applicants, folder / "out", Choices(**{"seed": 7, **choices}))
    return Played(path, folder / "out")
