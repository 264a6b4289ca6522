"""Where each value of a TOML text stands: tomllib does not say, and a mistake must be named with its line."""

import bisect
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

Path = tuple[str | int, ...]
"""The way to a value: keys, and the position (from 0) within a list or a row of `[[tables]]`."""

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_PLAIN = re.compile(r"[^,\]}#\n]*")
_QUOTED = {
    '"""': re.compile(r'"""(?:\\.|[^\\])*?"{3,5}', re.DOTALL),
    "'''": re.compile(r"'''.*?'{3,5}", re.DOTALL),
    '"': re.compile(r'"(?:\\.|[^"\\])*"'),
    "'": re.compile(r"'[^']*'"),
}


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines (from 1) of a TOML text.

    `keys` holds the line of each key, header and list element, `contents` the one on which a string's words begin.
    """

    keys: Mapping[Path, int]
    contents: Mapping[Path, int]

    def of(self, path: Path) -> int:
        """The line of a value, or of the nearest table around it that is written down; 1 where there is none."""
        while path:
            if path in self.keys:
                return self.keys[path]
            path = path[:-1]
        return 1


def find_lines(text: str) -> Lines:
    """Find every value of a text that tomllib has already accepted."""
    scanner = _Scanner(text)
    scanner.document()
    return Lines(scanner.keys, scanner.contents)


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.breaks = [match.start() for match in re.finditer("\n", text)]
        self.keys: dict[Path, int] = {}
        self.contents: dict[Path, int] = {}
        self.rows: dict[Path, int] = {}

    def document(self) -> None:
        table: Path = ()
        self._skip(_BLANK)
        while self.at < len(self.text):
            if self.text.startswith("[", self.at):
                table = self._header()
            else:
                self._pair(table)
            self._skip(_BLANK)

    def _header(self) -> Path:
        line = self._line()
        row = self.text.startswith("[[", self.at)
        self.at += 2 if row else 1
        names = self._key()
        self.at += 2 if row else 1
        path: Path = ()
        for name in names[:-1]:
            path = self._last((*path, name))
        path = (*path, names[-1])
        if row:
            self.keys.setdefault(path, line)
            self.rows[path] = self.rows.get(path, -1) + 1
            path = self._last(path)
        self.keys[path] = line
        return path

    def _last(self, path: Path) -> Path:
        return (*path, self.rows[path]) if path in self.rows else path

    def _pair(self, table: Path) -> None:
        line = self._line()
        path = table
        for name in self._key():
            path = (*path, name)
            self.keys.setdefault(path, line)
        self.at += 1
        self._skip(_SPACE)
        self._value(path)

    def _key(self) -> tuple[str, ...]:
        names: list[str] = []
        while True:
            self._skip(_SPACE)
            quote = self.text[self.at]
            found = _QUOTED[quote].match(self.text, self.at) if quote in _QUOTED else _BARE.match(self.text, self.at)
            raw = found.group() if found else quote
            self.at += len(raw)
            names.append(str(tomllib.loads(f"k = {raw}")["k"]) if quote in _QUOTED else raw)
            self._skip(_SPACE)
            if not self.text.startswith(".", self.at):
                return tuple(names)
            self.at += 1

    def _value(self, path: Path) -> None:
        quote = next((q for q in _QUOTED if self.text.startswith(q, self.at)), "")
        if quote:
            self._string(path, quote)
        elif self.text.startswith("[", self.at):
            self._inside(path, "]")
        elif self.text.startswith("{", self.at):
            self._inside(path, "}")
        else:
            self._skip(_PLAIN)

    def _string(self, path: Path, quote: str) -> None:
        begin = self.at + len(quote)
        if len(quote) > 1:
            # TOML drops a line break right after the opening quotes.
            begin += 2 if self.text.startswith("\r\n", begin) else int(self.text.startswith("\n", begin))
        self.contents[path] = self._line(begin)
        self._skip(_QUOTED[quote])

    def _inside(self, path: Path, closing: str) -> None:
        self.at += 1
        position = 0
        self._skip(_BLANK)
        while self.at < len(self.text) and not self.text.startswith(closing, self.at):
            if closing == "]":
                self.keys[(*path, position)] = self._line()
                self._value((*path, position))
            else:
                self._pair(path)
            position += 1
            self._skip(_BLANK)
            self.at += int(self.text.startswith(",", self.at))
            self._skip(_BLANK)
        self.at += 1

    def _skip(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def _line(self, at: int | None = None) -> int:
        return bisect.bisect_left(self.breaks, self.at if at is None else at) + 1
