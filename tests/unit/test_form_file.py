import codecs
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.program.forms import FormError, FormRow, read_form
from tests.form_samples import HEAD, KIT, file_of, line_of


def only(data: bytes) -> FormRow:
    (row,) = read_form(data, KIT).rows
    return row


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (b"PK\x03\x04rest", "Excel workbook"),
        (b"\xd0\xcf\x11\xe0rest", "old Excel workbook"),
        (b"%PDF-1.7", "PDF"),
        (b"\x1f\x8b\x08", "compressed"),
        (b"<!DOCTYPE html><html></html>", "web page"),
        (b"\x00\x01\x02\x03" * 50, "not a text file"),
        (HEAD.encode() + "\nZoë".encode("cp1252"), "line 2 cannot be read"),
        (b"Name,Age\nx,1\n", '13 columns are missing: "Timestamp", "Email Address"'),
        (HEAD.replace("Time zone", "Zone").encode(), 'One column is missing: "Time zone"'),
        ((HEAD + ",Name\n").encode(), 'The heading "Name" is there twice'),
        (b'"never closed', "no headings"),
    ],
)
def test_what_is_no_form_export_is_refused_with_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(FormError, match=sentence.replace("(", r"\(")):
        read_form(data, KIT)


def test_a_missing_column_is_named_with_those_that_were_found() -> None:
    with pytest.raises(FormError) as error:
        read_form(b"Name,Age\nx,1\n", KIT)
    assert 'The headings found are: "Name", "Age".' in str(error.value)


def test_a_kit_without_import_columns_says_so() -> None:
    with pytest.raises(FormError, match=r"\[import\]"):
        read_form(file_of(line_of()), replace(KIT, columns=None))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encodings_and_separators(encoding: str, separator: str) -> None:
    text = HEAD.replace(",", separator) + "\r\n" + line_of(separator, Name="דנה Nguyễn") + "\r\n"
    assert only(text.encode(encoding)).name == "דנה Nguyễn"


def test_a_spreadsheets_separator_line_is_understood() -> None:
    row = only(("sep=;\r\n" + HEAD.replace(",", ";") + "\r\n" + line_of(";")).encode())
    assert row.line == 3


def test_big_endian_with_its_mark() -> None:
    assert only(codecs.BOM_UTF16_BE + file_of(line_of()).decode().encode("utf-16-be")).line == 2


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=400))
def test_any_bytes_give_a_sentence(data: bytes) -> None:
    with pytest.raises(FormError, match=r"\w+ \w+"):
        read_form(data, KIT)
