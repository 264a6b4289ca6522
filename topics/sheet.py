"""Reading the files of a kit: Unicode text, and TOML whose values know their lines."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from topics.lines import Lines, find_lines
from topics.lines import Path as Where
from topics.problems import Findings

_POSITION = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One TOML file: what it holds and where, and the findings that its mistakes go to."""

    file: str
    data: Mapping[str, object]
    lines: Lines
    findings: Findings

    def wrong(self, where: Where, text: str) -> None:
        """Note a mistake in the value at `where`, or in the table that lacks it."""
        self.findings.add(self.file, self.lines.of(where), text)


def read_text(path: Path, findings: Findings) -> str | None:
    """The words of a file with plain line breaks; None, and a finding, where it cannot be read as UTF-8."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        findings.add(str(path), 1, "this file is missing")
        return None
    except OSError as error:
        findings.add(str(path), 1, f"this file cannot be read: {error.strerror}")
        return None
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        findings.add(str(path), line, "this is not UTF-8 text: save the file with the encoding UTF-8")
        return None


def read_sheet(path: Path, findings: Findings) -> Sheet | None:
    """A TOML file; None, and a finding, where it is missing or no TOML."""
    text = read_text(path, findings)
    if text is None:
        return None
    try:
        data: dict[str, object] = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        # Not only TOMLDecodeError: a number of thousands of digits is refused by int itself.
        found = _POSITION.search(str(error))
        last = text.rstrip().count("\n") + 1
        line = int(found.group(1)) if found and found.group(1) else last
        findings.add(str(path), line, f"this is not valid TOML: {_POSITION.sub('', str(error))}")
        return None
    return Sheet(str(path), data, find_lines(text), findings)
