"""Where the machine code of the solver is kept, and what happens where nothing can be."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from bot.program.matching.core import compiled, values

PROGRAM = "from bot.program.matching.core.values import plus; print(plus((1, 2, 3, 4), (1, 1, 1, 1)))"


def run(folder: Path, **places: str) -> str:
    """Add two values in a process of its own, with the code in a folder whose `__pycache__` cannot be written."""
    core = folder / "bot" / "program" / "matching" / "core"
    shutil.copytree(Path(compiled.__file__).parent, core, ignore=shutil.ignore_patterns("__pycache__"))
    (core / "__pycache__").write_text("not a folder", encoding="utf-8")
    for part in (core.parent, core.parents[1], core.parents[2]):
        (part / "__init__.py").touch()
    environment = {key: value for key, value in os.environ.items() if not key.startswith("NUMBA")}
    found = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1", **places},
        capture_output=True,
        text=True,
        check=True,
    )
    return found.stdout.strip()


def test_it_is_kept_in_the_users_cache_where_the_package_cannot_be_written(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    assert run(tmp_path / "code", HOME=str(home), XDG_CACHE_HOME=str(home / "cache")) == "(2, 3, 4, 5)"
    assert list(home.rglob("*.nbi"))


def test_it_is_made_anew_where_nothing_can_be_written(tmp_path: Path) -> None:
    nowhere = f"{os.devnull}/nowhere"
    assert run(tmp_path, HOME=nowhere, XDG_CACHE_HOME=nowhere) == "(2, 3, 4, 5)"
    assert not list(tmp_path.rglob("*.nbi"))


def test_what_is_kept_depends_on_all_of_the_sources() -> None:
    names = {function.__qualname__.rpartition("_")[2] for function in (values.plus, values.minus)}
    assert len(names) == 1
    assert len(names.pop()) == 12


def test_the_compiler_is_loaded_only_by_what_pairs() -> None:
    program = "import sys, bot.program.matching, bot.program.matching.recruiting; print('numba' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout == "False\n"
