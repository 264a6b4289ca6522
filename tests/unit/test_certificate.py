"""The sheet of a certificate: one page, whose words can be found and are written in letters that there are."""

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from bot.certificate import draw
from bot.program.papers import Paper

PAPER = Paper(
    program="Librarians Across Borders",
    title="Certificate of Completion",
    opening="This certifies that",
    name="Ana Abreu",
    body="took part in Autumn 2026 from 1 September 2026 to 29 December 2026, and talked about 6 topics.",
    issued="Issued on 30 December 2026",
    code_label="Verification code",
    code="7KQ2-M9XT-4BHD",
    confirming="Anybody can have this confirmed: librarians@example.org",
    issued_at=datetime(2026, 12, 30, tzinfo=UTC),
)


def drawn(**more: Any) -> bytes:
    found = draw(replace(PAPER, **more))
    assert isinstance(found, bytes)
    return found


def words(content: bytes) -> str:
    return " ".join(PdfReader(BytesIO(content)).pages[0].extract_text().split())


def test_it_is_one_lying_sheet_with_all_that_is_to_be_said() -> None:
    content = drawn()
    reader = PdfReader(BytesIO(content))
    (page,) = reader.pages
    assert (round(page.mediabox.width), round(page.mediabox.height)) == (842, 595)
    for said in (PAPER.program, PAPER.title, PAPER.opening, PAPER.name, PAPER.body, PAPER.issued, PAPER.code,
                 PAPER.code_label, PAPER.confirming):  # fmt: skip
        assert said in words(content)
    assert len(content) < 200_000


def test_what_programs_read_it_out_by() -> None:
    reader = PdfReader(BytesIO(drawn()))
    assert reader.metadata is not None
    assert reader.metadata.title == "Certificate of Completion: Ana Abreu"
    assert (reader.metadata.author, reader.metadata.creator) == (PAPER.program, "Counterpart")
    catalog: Any = reader.root_object
    assert catalog["/Lang"] == "en" and catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    fonts: Any = reader.pages[0]["/Resources"]["/Font"]  # pyright: ignore[reportIndexIssue] - a dictionary
    for font in fonts.values():
        kind = font.get_object()
        inner = kind["/DescendantFonts"][0].get_object() if "/DescendantFonts" in kind else kind
        assert "/FontFile2" in inner["/FontDescriptor"].get_object(), "the letters come along"


def test_the_same_words_are_the_same_file() -> None:
    assert drawn() == drawn() != drawn(name="Ben Bakari")


@pytest.mark.parametrize(
    "name",
    [
        "Nguyễn Thị Minh Khai",
        "Ольга Иванова",
        "Ελένη Παπαδοπούλου",
        "გიორგი მაისურაძე",
        "Արամ Խաչատրյան",
        "Þórður Æsir-Żółć",
        "O’Brien & Søn (née <b>X</b>)",
    ],
)
def test_names_are_written_in_their_letters(name: str) -> None:
    assert name in words(drawn(name=name))


@pytest.mark.parametrize("name", ["محمد الأحمد", "שרה לוי", "ລາວ ສົມ", "Ọlúwáṣeun Adébáyọ̀"])
def test_letters_that_join_or_run_the_other_way_are_written(name: str) -> None:
    assert drawn(name=name) != drawn(name=name[::-1])


@pytest.mark.parametrize(
    "name", ["山田太郎", "김민수", "สมชาย", "प्रिया", "አበበ", "Ana 山", "Ana 🦉", "\u0001", "\ue000"]
)
def test_where_there_are_no_letters_there_are_no_boxes(name: str) -> None:
    assert draw(replace(PAPER, name=name)) == "letters"
    assert draw(replace(PAPER, program=name)) == "letters"


@pytest.mark.parametrize(
    "name", ["M" * 80, "Maria del Carmen " * 4, "Wolfeschlegelsteinhausen " * 3, "A", "ا" * 80], ids=range(5)
)
def test_a_long_name_stays_on_the_sheet(name: str) -> None:
    content = drawn(name=name.strip())
    (page,) = PdfReader(BytesIO(content)).pages
    places: list[tuple[float, float]] = []

    def see(text: str, _cm: object, place: list[float], _font: object, _size: float) -> None:
        if text.strip():
            places.append((place[4], place[5]))

    page.extract_text(visitor_text=see)
    assert places and all(0 < x < 842 and 0 < y < 595 for x, y in places)
    assert PAPER.body in words(content) and PAPER.code in words(content)


def test_a_long_text_of_a_kit_stays_on_the_sheet() -> None:
    content = drawn(body="They talked about maps and books. " * 25, program="P" * 90, title="Certificate " * 9)
    assert len(PdfReader(BytesIO(content)).pages) == 1 and PAPER.code in words(content)
