"""The platform's memory on disk: a file of records, appended to and never rewritten."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

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
    """Appends to a file, one line a record, handed to the operating system at once (so kill -9 loses nothing)."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    @classmethod
    def open(cls, path: Path) -> "FileJournal":
        """Open the journal for appending; the folder is made where there is none. Call `load` on the path first."""
        path.parent.mkdir(parents=True, exist_ok=True)
        # Unbuffered: every append is one write to the operating system.
        return cls(path.open("ab", buffering=0))

    def append(self, record: Record) -> None:
        """Write the record as one line, or raise OSError and leave the file as it was (a full disk)."""
        line, end = record_to_json(record) + b"\n", self._file.tell()
        try:
            written = self._file.write(line)
            if written != len(line):
                raise OSError(f"only {written} of {len(line)} bytes could be written")
        except OSError:
            self._file.truncate(end)
            raise

    def close(self) -> None:
        """Close the file."""
        self._file.close()


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
