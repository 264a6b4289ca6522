"""The report on paper: a PDF of A4 pages, whose words can be found, and whose pictures have alternative texts."""

from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib as mpl
from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace

from bot.evaluation.pictures.gallery import Drawn
from bot.roundreport.contents import MADE_BY, Contents

FONT = "DejaVu"
INK, SOFT, LINE = (27, 27, 27), (85, 85, 85), (213, 219, 225)
_MARGIN, _WIDTH = 20.0, 170.0
"""Millimetres: the margin at each side, and what is left between them."""
_PICTURE, _TALLEST = 140.0, 225.0
"""Millimetres: how wide pictures are, if that does not make them taller than this."""
_BELOW = 20.0
"""Millimetres that a caption may need, so that it stays with its picture."""


class _Pages(FPDF):
    """Pages with the title and the number of the page at the bottom."""

    foot = ""

    def footer(self) -> None:
        """The line at the bottom of each page."""
        pages: Any = self
        pages.set_y(-13)
        pages.set_font(FONT, "", 8)
        pages.set_text_color(*SOFT)
        pages.cell(_WIDTH - 20, 5, self.foot[:90])
        pages.cell(20, 5, f"{self.page_no()} / {{nb}}", align="R")


class Paper:
    """The paper while it is written, from top to bottom."""

    def __init__(self, contents: Contents, now: datetime) -> None:
        pages = _Pages(format="A4")
        pages.foot = contents.title
        self._pdf: Any = pages  # the library's own types are too loose to be checked
        fonts = Path(mpl.get_data_path()) / "fonts" / "ttf"
        self._pdf.add_font(FONT, "", fonts / "DejaVuSans.ttf")
        self._pdf.add_font(FONT, "B", fonts / "DejaVuSans-Bold.ttf")
        self._pdf.set_margins(_MARGIN, 18.0)
        self._pdf.set_auto_page_break(auto=True, margin=20.0)
        self._pdf.set_title(contents.title)
        self._pdf.set_author(contents.program)
        self._pdf.set_creator("Counterpart")
        self._pdf.set_lang("en")
        self._pdf.set_creation_date(now)
        self._pdf.add_page()

    def finished(self) -> bytes:
        """The file."""
        return bytes(self._pdf.output())

    def space(self, millimetres: float) -> None:
        """Leave some room."""
        self._pdf.ln(millimetres)

    def room(self, millimetres: float) -> None:
        """Begin a new page, if there is less room than that on this one."""
        if self._pdf.will_page_break(millimetres):
            self._pdf.add_page()

    def new_page(self) -> None:
        """Begin a new page."""
        self._pdf.add_page()

    def words(self, text: str, size: float = 10, colour: tuple[int, int, int] = INK, style: str = "") -> None:
        """A paragraph."""
        self._pdf.set_font(FONT, style, size)
        self._pdf.set_text_color(*colour)
        self._pdf.multi_cell(_WIDTH, size * 0.5, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def heading(self, text: str) -> None:
        """The heading of a part; it is in the outline, too."""
        self._pdf.start_section(text)
        self.words(text, 14, style="B")
        self.space(1.5)

    def picture(self, drawn: Drawn) -> None:
        """A part with its picture and what must be known to read it, on a page where both fit."""
        wide, high = _size(drawn.png)
        self.room(10 + high + _BELOW)
        self.heading(drawn.title)
        self._pdf.image(BytesIO(drawn.png), w=wide, h=high, alt_text=drawn.alt, title=drawn.title)
        self.space(1.5)
        self.words(drawn.caption, 8.5, SOFT)
        self.space(7)

    def figure(self, number: str, of: str) -> None:
        """A number in large letters, and beside it what it counts."""
        top = self._pdf.get_y()
        self.words(number, 15, style="B")
        self._pdf.set_xy(_MARGIN + 26, top + 1.6)
        self.words(of)
        self._pdf.set_y(top + 8)

    def numbers(self, drawn: Drawn) -> None:
        """The numbers of a picture as a table."""
        if drawn.table is None:
            return
        self.room(30)
        self.words(drawn.title, 10.5, style="B")
        self.space(1)
        self._pdf.set_font(FONT, "", 8)
        self._pdf.set_draw_color(*LINE)
        widths = [
            min(40, max(12, *map(len, cells))) for cells in zip(drawn.table.heading, *drawn.table.rows, strict=True)
        ]
        with self._pdf.table(
            width=int(_WIDTH), col_widths=tuple(widths), text_align="LEFT", line_height=4.2, padding=0.8,
            borders_layout="HORIZONTAL_LINES", headings_style=FontFace(emphasis="BOLD"),
        ) as table:  # fmt: skip
            table.row(drawn.table.heading)
            for cells in drawn.table.rows:
                table.row(cells)
        self.space(6)


def report_pdf(contents: Contents, now: datetime) -> bytes:
    """The whole paper: the report first, then the numbers behind its pictures."""
    paper = Paper(contents, now)
    _front(paper, contents)
    for drawn in contents.pictures:
        if drawn.png:
            paper.picture(drawn)
        else:
            paper.room(25)
            paper.heading(drawn.title)
            paper.words(drawn.alt)
            paper.space(7)
    _words(paper, contents)
    if any(drawn.table for drawn in contents.pictures):
        paper.new_page()
        paper.heading("The numbers behind the pictures")
        for drawn in contents.pictures:
            paper.numbers(drawn)
    return paper.finished()


def _front(paper: Paper, contents: Contents) -> None:
    paper.words(contents.round, 22, style="B")
    paper.space(1)
    paper.words(contents.program, 12, SOFT)
    paper.space(2)
    paper.words(contents.dates, 9.5)
    paper.space(3)
    for figure in contents.figures:
        paper.figure(figure.number, figure.of)
    paper.space(3)
    paper.words(f"{contents.made} {contents.small_groups}", 8.5, SOFT)
    paper.space(7)


def _words(paper: Paper, contents: Contents) -> None:
    if contents.findings:
        paper.room(40)
        paper.heading("What the data suggests")
        for paragraph in contents.findings:
            paper.words(paragraph)
            paper.space(2)
        paper.space(5)
    paper.room(60)
    paper.heading("What the words mean")
    for name, meaning in contents.meanings:
        paper.words(f"{name}: {meaning}", 9)
        paper.space(1)
    paper.space(2)
    paper.words(MADE_BY, 8.5, SOFT)


def _size(png: bytes) -> tuple[float, float]:
    """Width and height on paper, millimetres. A PNG file says its own size in its first bytes."""
    width, height = int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")
    scale = min(_PICTURE / width, _TALLEST / height)
    return width * scale, height * scale
