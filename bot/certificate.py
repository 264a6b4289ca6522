"""A certificate as a PDF: one sheet of A4, lying, whose words can be found and read out."""

import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
import uharfbuzz  # pyright: ignore[reportMissingTypeStubs] - the library has no types
from fpdf import FPDF
from fpdf.enums import Align, XPos, YPos
from fpdf.prefs import ViewerPreferences

from bot.program.papers import Paper, Undrawn

WIDE, HIGH = 297.0, 210.0
"""Millimetres of the sheet."""
INK, SOFT, ACCENT, PAPER = (31, 41, 51), (90, 100, 110), (15, 98, 106), (255, 255, 255)
SERIF, SANS = "Serif", "Sans"
_FILES = {
    (SERIF, ""): "DejaVuSerif.ttf",
    (SERIF, "B"): "DejaVuSerif-Bold.ttf",
    (SANS, ""): "DejaVuSans.ttf",
}
_LEFT, _LINE = 42.0, 213.0
"""Millimetres: the margin at each side, and how wide a line is."""
_LARGEST, _ONE_LINE, _SMALLEST, _HIGH = 34, 18, 6, 0.42
"""Points of the name: as large as it can be, in two lines where one would be smaller than that; the height of a line,
in millimetres a point."""


def draw(paper: Paper) -> bytes | Undrawn:
    """The file; `letters` where there are no letters for one of its words, since boxes in their place help nobody."""
    every = (paper.program, paper.title, paper.opening, paper.name, paper.body, paper.issued, paper.confirming)
    if not all(_family(text) for text in (*every, paper.code_label, paper.code)):
        return "letters"
    return _Sheet(paper).finished()


class _Sheet:
    """The sheet while it is drawn."""

    def __init__(self, paper: Paper) -> None:
        self._pdf: Any = FPDF(orientation="landscape", format="A4")  # the library's own types are too loose
        for (family, style), file in _FILES.items():
            self._pdf.add_font(family, style, _folder() / file)
        # Letters that join, and marks above others, are put in their places.
        self._pdf.set_text_shaping(use_shaping_engine=bool(uharfbuzz.__version__))
        self._pdf.set_auto_page_break(False)
        self._pdf.set_margins(_LEFT, 0, _LEFT)
        self._pdf.set_title(f"{paper.title}: {paper.name}")
        self._pdf.set_author(paper.program)
        self._pdf.set_subject(paper.body)
        self._pdf.set_keywords(paper.code)
        self._pdf.set_creator("Counterpart")
        self._pdf.set_lang("en")
        self._pdf.set_creation_date(paper.issued_at)
        self._pdf.viewer_preferences = ViewerPreferences(display_doc_title=True)
        self._pdf.add_page()
        self._frame()
        self._words(paper)

    def finished(self) -> bytes:
        """The file."""
        return bytes(self._pdf.output())

    def _frame(self) -> None:
        pdf = self._pdf
        pdf.set_draw_color(*ACCENT)
        pdf.set_line_width(0.9)
        pdf.rect(11, 11, WIDE - 22, HIGH - 22)
        pdf.set_line_width(0.25)
        pdf.rect(13.6, 13.6, WIDE - 27.2, HIGH - 27.2)
        # Two rings, one in the other: two who met.
        pdf.set_line_width(0.8)
        for shift in (-5.2, 5.2):
            pdf.circle(x=WIDE / 2 + shift, y=38, radius=8.4)

    def _words(self, paper: Paper) -> None:
        self._line(54, paper.program, SANS, 11.5, SOFT)
        self._line(64.5, paper.title, SERIF, 25, INK)
        self._line(84, paper.opening, SANS, 11, SOFT)
        self._name(unicodedata.normalize("NFC", paper.name))
        self._pdf.set_draw_color(*ACCENT)
        self._pdf.set_line_width(0.35)
        self._pdf.line(WIDE / 2 - 62, 117, WIDE / 2 + 62, 117)
        self._pdf.set_y(123)
        self._paragraph(paper.body, 12, 6.8)
        self._foot(paper)

    def _name(self, name: str) -> None:
        """As large as it can be in one line; a longer one takes two."""
        family = _family(name, serif_first=True)
        style = "B" if family == SERIF else ""
        self._pdf.set_text_color(*ACCENT)
        for size, lines in ((size, 1 if size >= _ONE_LINE else 2) for size in range(_LARGEST, _SMALLEST - 1, -1)):
            self._pdf.set_font(family, style, size)
            if len(self._lines(name, size * _HIGH)) <= lines:
                break
        size = self._pdf.font_size_pt
        lines = len(self._lines(name, size * _HIGH))
        self._pdf.set_xy(_LEFT, 104 - size * _HIGH / 2 * lines)
        self._pdf.multi_cell(_LINE, size * _HIGH, name, align=Align.C, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _foot(self, paper: Paper) -> None:
        self._pdf.set_draw_color(*SOFT)
        self._pdf.set_line_width(0.2)
        self._pdf.set_text_color(*INK)
        for left, above, below in ((_LEFT, paper.issued, ""), (WIDE - _LEFT - 75, paper.code, paper.code_label)):
            self._pdf.set_font(_family(above), "", 12 if below else 11)
            self._pdf.set_xy(left, 163)
            self._pdf.cell(75, 7, above, align=Align.L if not below else Align.R)
            if below:
                self._pdf.set_font(_family(below), "", 8.5)
                self._pdf.set_text_color(*SOFT)
                self._pdf.set_xy(left, 169.5)
                self._pdf.cell(75, 5, below, align=Align.R)
        self._pdf.set_text_color(*SOFT)
        self._pdf.set_font(_family(paper.confirming), "", 8.5)
        self._pdf.set_xy(_LEFT, 183)
        self._pdf.multi_cell(_LINE, 4.4, paper.confirming, align=Align.C)

    def _line(self, y: float, text: str, family: str, size: float, colour: tuple[int, int, int]) -> None:
        self._pdf.set_text_color(*colour)
        used = _family(text, serif_first=family == SERIF)
        self._pdf.set_font(used, "", size)
        while self._pdf.get_string_width(text) > _LINE and size > 7:
            size -= 0.5
            self._pdf.set_font(used, "", size)
        self._pdf.set_xy(_LEFT, y)
        self._pdf.cell(_LINE, size * 0.5, text, align=Align.C)

    def _paragraph(self, text: str, size: float, high: float) -> None:
        self._pdf.set_text_color(*INK)
        self._pdf.set_font(_family(text), "", size)
        while size > 8 and len(self._lines(text, high)) * high > 36:
            size, high = size - 0.5, high - 0.3
            self._pdf.set_font_size(size)
        self._pdf.multi_cell(_LINE, high, text, align=Align.C)

    def _lines(self, text: str, high: float) -> list[str]:
        return self._pdf.multi_cell(_LINE, high, text, align=Align.C, dry_run=True, output="LINES")


def _folder() -> Path:
    """Where matplotlib keeps its letters."""
    return Path(mpl.get_data_path()) / "fonts" / "ttf"


def _family(text: str, *, serif_first: bool = False) -> str:
    """The letters that can write this; empty where none can."""
    families = (SERIF, SANS) if serif_first else (SANS,)
    shown = {c for c in unicodedata.normalize("NFC", text) if not c.isspace()}
    return next((family for family in families if {ord(c) for c in shown} <= _covered(family)), "")


@lru_cache(maxsize=4)
def _covered(family: str) -> frozenset[int]:
    """The characters that all styles of a family have."""
    pdf: Any = FPDF()
    found: list[frozenset[int]] = []
    for (name, style), file in _FILES.items():
        if name == family:
            pdf.add_font(name, style, _folder() / file)
            font = pdf.fonts[f"{name.lower()}{style}"]
            found.append(frozenset(font.cmap))
            font.close()
    return found[0].intersection(*found[1:])
