"""How pictures look: size, letters, colours, and the way from a figure to a PNG file.

Made to be read at about 800 pixels, as chat platforms show them. Colours are those of Okabe and Ito, which
colour-blind people tell apart, and nothing is said by colour alone. Everything is set on the figure itself and nothing
in the library, so that pictures can be drawn in several threads.
"""

from collections.abc import Sequence
from io import BytesIO
from textwrap import wrap
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

BLUE, ORANGE, GREEN, GREY, PALE, INK = "#0072B2", "#E69F00", "#009E73", "#767676", "#E4E9EE", "#1B1B1B"
SKY, RED = "#56B4E9", "#D55E00"
WIDTH, DPI = 7.0, 200
"""Inches, and points of the screen in each."""
SMALL, NORMAL, LARGE = 10.5, 11.5, 14.0
"""Sizes of letters, in points of 1/72 inch."""
_HEAD = 0.32
"""Inches for each line of the headline."""
_LINE, _LINES = 52, 4
"""Letters of the headline in a line, and its lines."""


class Sheet:
    """A picture of that height (inches, without its headline), with the headline above.

    Places are inches from the lower left corner.
    """

    def __init__(self, headline: str, height: float) -> None:
        lines = folded(headline, _LINE, _LINES).split("\n")
        head = 0.2 + _HEAD * len(lines)
        self.height = height + head
        self.body = height
        self.figure: Any = Figure(figsize=(WIDTH, self.height), dpi=DPI, facecolor="white")
        FigureCanvasAgg(self.figure)
        self.text(0.15, self.height - 0.14, "\n".join(lines), size=LARGE, weight="bold", va="top", linespacing=1.25)

    def axes(self, left: float, bottom: float, width: float, height: float, **more: Any) -> Any:
        """A part of the picture to draw in, without a frame on top and at the right."""
        place = (left / WIDTH, bottom / self.height, width / WIDTH, height / self.height)
        axes = self.figure.add_axes(place, **more)
        for name, spine in axes.spines.items():
            spine.set_visible(name in ("left", "bottom"))
            spine.set_color(GREY)
        axes.tick_params(labelsize=SMALL, labelcolor=INK, color=GREY)
        return axes

    def text(self, x: float, y: float, words: str, size: float = SMALL, **more: Any) -> None:
        """Words anywhere on the picture."""
        self.figure.text(x / WIDTH, y / self.height, safe(words), fontsize=size, **{"color": INK} | more)

    def png(self) -> bytes:
        """The picture as a PNG file: the same picture gives the same bytes."""
        file = BytesIO()
        self.figure.savefig(file, format="png", dpi=DPI, metadata={"Software": None})
        return file.getvalue()


def safe(words: str) -> str:
    """Words whose dollar signs are dollar signs, and no formulas."""
    return words.replace("$", r"\$")


def label(axes: Any, x: float, y: float, words: str, **more: Any) -> None:
    """Words at a place of the axes' own numbers."""
    axes.text(x, y, safe(words), **{"fontsize": SMALL, "color": INK, "va": "center"} | more)


def folded(words: str, letters: int, lines: int = 2) -> str:
    """Words in at most so many lines of about so many letters."""
    found = wrap(words, letters) or [""]
    if len(found) > lines:
        found = [*found[: lines - 1], f"{found[lines - 1][: letters - 1].rstrip()}…"]
    return "\n".join(found)


def bare(axes: Any, *sides: str) -> None:
    """Take the lines away at these sides, and their ticks."""
    for side in sides:
        axes.spines[side].set_visible(False)
    if "bottom" in sides:
        axes.set_xticks([])
    if "left" in sides:
        axes.tick_params(axis="y", length=0)


def names_at_left(axes: Any, names: Sequence[str], letters: int = 26) -> None:
    """The rows of a picture by name, the first on top."""
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_yticks(range(len(names)), [safe(folded(name, letters)) for name in names], fontsize=SMALL)
    axes.tick_params(axis="y", length=0)


def whisker(axes: Any, row: float, low: float, high: float, half: float = 0.13, **more: Any) -> None:
    """An interval as a lying line with ends."""
    look = {"color": INK, "linewidth": 1.6, "solid_capstyle": "butt", "zorder": 4} | more
    axes.plot([low, high], [row, row], **look)
    for end in (low, high):
        axes.plot([end, end], [row - half, row + half], **look)
