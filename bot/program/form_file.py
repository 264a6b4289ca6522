"""From the bytes of a form tool's CSV export to its headings and records, or a sentence that says what the file is."""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MOST_BYTES = 200 * 1024 * 1024
_DELIMITERS = (",", ";", "\t")
_SAVE_AS = 'save it as "CSV UTF-8 (comma delimited)" and import that file'
_MAGIC = (
    (
        b"PK\x03\x04",
        f"This looks like an Excel workbook (or another zipped file), not a CSV file: open it and {_SAVE_AS}.",
    ),
    (b"\xd0\xcf\x11\xe0", f"This looks like an old Excel workbook, not a CSV file: open it and {_SAVE_AS}."),
    (b"%PDF", "This is a PDF, not a CSV file: export the answers of the form as CSV and import that file."),
    (b"\x1f\x8b", "This is a compressed file (gzip): unpack it and import the CSV file inside."),
)
_WEB_PAGE = re.compile(r"\s*<(?:!doctype|html|\?xml|head|body)", re.IGNORECASE)
_HEAD = 4_000


class FormError(Exception):
    """The file as a whole cannot be read. The message is one or two sentences for the person who chose the file."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record of the file: the line it starts on, and its cells, or the reason why it could not be read."""

    line: int
    cells: tuple[str, ...]
    broken: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The headings of the file, as written but without blanks around them, and the records below."""

    headings: tuple[str, ...]
    records: tuple[Record, ...]

    def place(self, heading: str) -> int | None:
        """The number of the column with that heading, whatever its case and blanks. The first one where it is twice."""
        wanted = same_heading(heading)
        return next((i for i, found in enumerate(self.headings) if same_heading(found) == wanted), None)


def read_sheet(data: bytes, expected: Sequence[str]) -> Sheet:
    """Headings and records, separated by whichever of comma, semicolon and tab finds most of the `expected` headings.

    Raises FormError for what is no CSV file, an empty file, another encoding than UTF-8 (or UTF-16 with its mark),
    and for a file of more than 200 MB.
    """
    text = _decode(data)
    hint = re.match(r"sep=(.)\r?\n", text)
    wanted = {same_heading(heading) for heading in expected}
    body = text[hint.end() :] if hint else text
    skipped = text.count("\n", 0, len(text) - len(body))
    delimiter = max(_DELIMITERS, key=lambda d: len(wanted & {same_heading(h) for h in _first_row(body, d)}))
    records = list(_records(body, hint.group(1) if hint else delimiter, skipped))
    head = next((record for record in records if any(cell.strip() for cell in record.cells)), None)
    if head is None or head.broken:
        raise FormError("The file has no headings: its first line must name the columns.")
    below = tuple(r for r in records if r.line > head.line and (r.broken or any(cell.strip() for cell in r.cells)))
    return Sheet(tuple(cell.strip() for cell in head.cells), below)


def same_heading(text: str) -> str:
    """A heading reduced to what makes it the same: its words in lower case."""
    return " ".join(text.casefold().split())


def _decode(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise FormError(f"The file has {len(data) // 2**20:,} MB. More than {MOST_BYTES // 2**20} MB are not read.")
    if not data.strip(b"\x00\t\r\n \xef\xbb\xbf\xff\xfe"):
        raise FormError("The file is empty: export the answers of the form again.")
    for magic, sentence in _MAGIC:
        if data.startswith(magic):
            raise FormError(sentence)
    try:
        text = data.decode("utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FormError(
            f"The file is not encoded in UTF-8 (line {line} cannot be read), so names would be garbled. "
            f"Open it in the program it comes from and {_SAVE_AS}."
        ) from error
    if "\x00" in text.partition("\n")[0]:
        raise FormError(f"This is not a text file. If it comes from a spreadsheet, open it there and {_SAVE_AS}.")
    if _WEB_PAGE.match(text):
        raise FormError("This is a web page, not a CSV file: use the export or download function of the form tool.")
    return text


def _first_row(text: str, delimiter: str) -> list[str]:
    try:
        for row in csv.reader(io.StringIO(text[: _HEAD * 4]), delimiter=delimiter):
            if any(row):
                return row
    except csv.Error:
        pass  # no first row is to be had: the reading of all rows says what is wrong
    return []


def _records(text: str, delimiter: str, skipped: int) -> Iterator[Record]:
    """Every record with the line it starts on. One that is broken does not keep the next ones from being read."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = skipped + reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield Record(line, (), _broken(str(error), line, skipped + reader.line_num))
            continue
        if cells is None:
            return
        yield Record(line, tuple(cells))


def _broken(message: str, first: int, last: int) -> str:
    if "unexpected end" in message:
        until = f", so lines {first} to {last} could not be read" if last > first else ""
        return f"a quotation mark is opened and never closed{until}"
    if "field larger" in message:
        return f"a cell has more than {csv.field_size_limit():,} characters"
    return f"it is no valid CSV ({message})"
