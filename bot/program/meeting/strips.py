"""The hours of partners as a picture: a heat strip for each, one below the other. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from bot.program.meeting.hours import QUARTERS, Level, Table

COLOURS: Mapping[Level, str] = {
    Level.WORK: "#08519c",
    Level.DAY: "#6baed6",
    Level.EDGE: "#f5c26b",
    Level.NIGHT: "#eceff3",
}
"""From dark to light as hours get worse, so that they can be told apart without seeing colours."""
_INK, _PAPER, _LINE = "#1b2733", "#ffffff", "#ffffff"
_LEFT, _RIGHT, _CELL = 300, 40, 9
_STRIP, _GAP, _TITLE, _RULER, _LEGEND = 46, 10, 64, 40, 70
WIDTH = _LEFT + QUARTERS * _CELL + _RIGHT
_SIZE, _SMALL, _LONGEST = 26, 22, 22
_PER_HOUR = 4
_INKS = 32


@dataclass(frozen=True, slots=True)
class Strip:
    """One line: whose hours these are, in Latin letters, and the levels of the quarter hours on the viewer's clock."""

    label: str
    levels: Table


@dataclass(frozen=True, slots=True)
class Panel:
    """The strips of one period between two clock changes."""

    title: str
    strips: tuple[Strip, ...]


def draw(panels: Sequence[Panel], legend: Mapping[Level, str]) -> bytes:
    """A PNG of the panels, one below the other, with what the colours mean at the bottom."""
    height = sum(_height(panel) for panel in panels) + _LEGEND
    image = Image.new("RGB", (WIDTH, height), _PAPER)
    pen, top = ImageDraw.Draw(image), 0
    for panel in panels:
        _panel(pen, panel, top)
        top += _height(panel)
    _legend(pen, legend, top)
    out = BytesIO()
    # Few colours, and so a third of the size.
    image.quantize(_INKS).save(out, "PNG")
    return out.getvalue()


def _height(panel: Panel) -> int:
    return _TITLE + _RULER + len(panel.strips) * (_STRIP + _GAP)


def _panel(pen: ImageDraw.ImageDraw, panel: Panel, top: int) -> None:
    pen.text((_GAP * 2, top + _GAP * 2), panel.title, _INK, ImageFont.load_default(_SIZE))
    top += _TITLE
    for hour in range(0, 25, 3):
        at = _LEFT + hour * _PER_HOUR * _CELL
        pen.text((at, top + _RULER // 2), str(hour), _INK, ImageFont.load_default(_SMALL), anchor="mm")
    top += _RULER
    for strip in panel.strips:
        label = strip.label if len(strip.label) <= _LONGEST else f"{strip.label[: _LONGEST - 1]}…"
        pen.text((_LEFT - _GAP * 2, top + _STRIP // 2), label, _INK, ImageFont.load_default(_SIZE), anchor="rm")
        for quarter, level in enumerate(strip.levels):
            left = _LEFT + quarter * _CELL
            pen.rectangle((left, top, left + _CELL - 1, top + _STRIP - 1), COLOURS[level])
        for hour in range(1, QUARTERS // _PER_HOUR):
            at = _LEFT + hour * _PER_HOUR * _CELL
            pen.line((at, top, at, top + _STRIP), _LINE, 3 if hour % 3 == 0 else 1)
        top += _STRIP + _GAP


def _legend(pen: ImageDraw.ImageDraw, legend: Mapping[Level, str], top: int) -> None:
    at, font = float(_LEFT), ImageFont.load_default(_SMALL)
    middle = top + _LEGEND // 2
    for level, words in legend.items():
        pen.rectangle((at, middle - 14, at + 28, middle + 14), COLOURS[level], _INK)
        pen.text((at + 38, middle), words, _INK, font, anchor="lm")
        at += 38 + font.getlength(words) + 30
