"""The platform's memory on disk: a file of records, appended to and never rewritten."""

import os
from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from typing import Protocol

from pydantic import ValidationError

from adapters.local.records import Record, record_from_json, record_to_json


class DamagedJournal(Exception):
    """A line in the middle of a journal is not a record: the file was changed by something else."""


class Journal(Protocol):
    """Where records go before anybody hears of them."""

    def append(self, record: Record) -> None:
        """Keep the record. When this returns, a killed process does not lose it."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


class NoJournal:
    """Keeps nothing: for headless runs and tests."""

    def append(self, record: Record) -> None:
        """Forget the record."""

    def close(self) -> None:
        """Nothing to let go of."""


class FileJournal:
    """Appends to a file, one line a record, handed to the operating system at once (so kill -9 loses nothing).

    The file and its folder are made with the first record, and opened again by a record after `close`. Call `load` on
    the path before that.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: FileIO | None = None

    def append(self, record: Record) -> None:
        """Write the record as one line, or raise OSError and leave the file as it was (a full disk)."""
        file = self._file = self._file or self._open()
        line, end = record_to_json(record) + b"\n", file.tell()
        try:
            written = file.write(line)
            if written != len(line):
                raise OSError(f"only {written} of {len(line)} bytes could be written")
        except OSError:
            file.truncate(end)
            raise

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _open(self) -> FileIO:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # Unbuffered: every append is one write to the operating system.
        return self._path.open("ab", buffering=0)


def load(path: Path) -> Iterator[Record]:
    """The records of a journal in order; none where there is no file.

    A last line without its line break was torn by a crash: nobody was ever told of it, and it is cut off the file.
    Raises DamagedJournal for any other line that is no record.
    """
    if not path.exists():
        return
    _cut_torn_line(path)
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                yield record_from_json(line)
            except ValidationError as error:
                raise DamagedJournal(f"{path}:{number}: this line is no record of the local platform") from error


def _cut_torn_line(path: Path) -> None:
    with path.open("rb+") as file:
        end = whole = file.seek(0, os.SEEK_END)
        block = 65_536
        while whole > 0:
            start = max(0, whole - block)
            file.seek(start)
            found = file.read(whole - start).rfind(b"\n")
            if found >= 0:
                whole = start + found + 1
                break
            whole = start
        if whole < end:
            file.truncate(whole)
