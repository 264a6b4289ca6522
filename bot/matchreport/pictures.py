"""The report's pictures: matplotlib's SVG, made to stand within a page and to be read on a telephone.

Drawn narrow, so that nothing needs to shrink on a small screen. Colours are those of Okabe and Ito, which colour-blind
people tell apart, and nothing is said by colour alone. All axes begin at nought.
"""

import html
import re
import warnings
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from io import StringIO
from typing import Any, cast

import matplotlib
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from bot.matchreport.facts import Bar, Flow, code_name

BLUE, ORANGE, GREY, PALE, INK = "#0072B2", "#E69F00", "#767676", "#E4E9EE", "#1B1B1B"
WIDTH = 3.75
"""Inches: 270 points, a little less than what the narrowest telephone shows."""
_STYLE: dict[str, Any] = {
    "svg.fonttype": "none",  # words stay words: they can be read aloud, found and enlarged
    "svg.hashsalt": "counterpart",  # the same pairs give the same page
    "font.family": "sans-serif",
    "font.size": 8.5,
    "text.parse_math": False,  # a dollar sign in a kit's label is a dollar sign
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "hatch.linewidth": 0.6,
}
_IDS = re.compile(r'(\bid="|url\(#|href="#)')


@contextmanager
def styled() -> Generator[None]:
    """The style in which pictures are drawn: make them inside."""
    with cast("Any", matplotlib).rc_context(_STYLE), warnings.catch_warnings():
        # Letters that the measuring font lacks are shown all the same, by the reader's own fonts.
        warnings.simplefilter("ignore", UserWarning)
        yield


def steps_picture(name: str, title: str, steps: Sequence[tuple[str, float, float | None, float, str]]) -> str:
    """How far each tier went: (label, reached, best possible or None, asked for at most, the words at its right)."""
    figure = _figure(0.35 + 0.52 * len(steps))
    axes = figure.add_axes((0.02, 0.02, 0.96, 0.96))
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    axes.set_ylim(len(steps), -0.25)
    for row, (label, reached, best, most, words) in enumerate(steps):
        whole = most or 1.0
        axes.text(0, row + 0.12, label, va="center", weight="bold")
        axes.text(1, row + 0.12, words, va="center", ha="right")
        axes.add_patch(Rectangle((0, row + 0.32), 1, 0.3, facecolor=PALE, edgecolor=GREY, linewidth=0.6))
        axes.add_patch(Rectangle((0, row + 0.32), min(1, reached / whole), 0.3, facecolor=BLUE, linewidth=0))
        if best is not None:
            place = min(1, best / whole)
            axes.plot([place, place], [row + 0.24, row + 0.7], color=INK, linewidth=2, solid_capstyle="butt")
    return _drawn(figure, name, title, "; ".join(f"{label}: {words}" for label, _, _, _, words in steps))


def columns_picture(name: str, title: str, bars: Sequence[Bar], across: str, *, marked: bool = True) -> str:
    """A distribution: one column each, the count above it. The first, `none`, is told apart by colour and hatching."""
    figure = _figure(2.1)
    axes = figure.add_axes((0.02, 0.24, 0.96, 0.66))
    most = max((bar.count for bar in bars), default=0) or 1
    for place, bar in enumerate(bars):
        first = marked and place == 0
        axes.bar(
            place, bar.count, width=0.82, color=ORANGE if first else BLUE, hatch="////" if first else None,
            edgecolor=INK if first else BLUE, linewidth=0.5,
        )  # fmt: skip
        axes.text(place, bar.count + most * 0.02, f"{bar.count:,}", ha="center", va="bottom", fontsize=7.5)
    axes.set_ylim(0, most * 1.08)
    axes.set_xlim(-0.6, len(bars) - 0.4)
    axes.set_xticks(range(len(bars)), [bar.name for bar in bars], fontsize=7.5)
    axes.tick_params(axis="x", length=0)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(across, labelpad=4)
    return _drawn(figure, name, title, _listed(bars))


def shares_picture(name: str, title: str, bars: Sequence[Bar]) -> str:
    """How much of each was met: a filled bar within an outlined one."""
    figure = _figure(0.3 + 0.3 * len(bars))
    axes = figure.add_axes((0.34, 0.03, 0.45, 0.94))
    most = max((bar.of for bar in bars), default=0) or 1
    for row, bar in enumerate(bars):
        axes.barh(row, bar.of, height=0.62, color=PALE, edgecolor=GREY, linewidth=0.6)
        axes.barh(row, bar.count, height=0.62, color=BLUE, linewidth=0)
        axes.text(bar.of + most * 0.04, row, f"{bar.count:,} of {bar.of:,}", va="center", fontsize=8)
    axes.set_ylim(len(bars) - 0.4, -0.6)
    axes.set_xlim(0, most)
    axes.set_xticks([])
    axes.set_yticks(range(len(bars)), [_short(bar.name, 18) for bar in bars])
    axes.tick_params(axis="y", length=0)
    axes.spines["bottom"].set_visible(False)
    return _drawn(figure, name, title, "; ".join(f"{bar.name}: {bar.count} of {bar.of}" for bar in bars))


def flows_picture(name: str, title: str, flows: Sequence[Flow], countries: Sequence[str], shown: int = 8) -> str:
    """Who meets whom, country by country: a table whose cells are the darker, the more groups there are."""
    rows = list(countries[:shown])
    others = len(countries) > shown
    size = len(rows) + others
    table = [[0] * size for _ in range(size)]
    places = {code: place for place, code in enumerate(rows)}
    for flow in flows:
        one, other = places.get(flow.one, size - 1), places.get(flow.other, size - 1)
        table[one][other] += flow.count
        if one != other:
            table[other][one] += flow.count
    most = max((count for line in table for count in line), default=0) or 1
    left, top = 0.4, 0.3
    cell = WIDTH * (0.99 - left) / size
    figure = _figure(top + cell * size + 0.05)
    height = top + cell * size + 0.05
    axes = figure.add_axes((left, 0.05 / height, 0.99 - left, cell * size / height))
    for row, line in enumerate(table):
        for column, count in enumerate(line):
            share = count / most
            axes.add_patch(Rectangle((column, row), 1, 1, facecolor=_tint(share), edgecolor=GREY, linewidth=0.4))
            if count:
                colour = "white" if share > 0.5 else INK
                axes.text(column + 0.5, row + 0.52, f"{count:,}", ha="center", va="center", color=colour, fontsize=7.5)
    axes.set_xlim(0, size)
    axes.set_ylim(size, 0)
    codes = ["?" if code == "unknown" else code for code in rows] + ["all"] * others
    names = [_short(f"{code}  {code_name(code)}" if code != "unknown" else "?  Unknown", 21) for code in rows]
    names += ["all others"] * others
    axes.xaxis.tick_top()
    axes.set_xticks([place + 0.5 for place in range(size)], codes, fontsize=7.5)
    axes.set_yticks([place + 0.5 for place in range(size)], names, fontsize=8, ha="left")
    axes.tick_params(axis="y", pad=WIDTH * left * 72 - 4)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    words = "; ".join(f"{code_name(flow.one)} and {code_name(flow.other)}: {flow.count}" for flow in flows[:12])
    return _drawn(figure, name, title, f"The most frequent: {words}" if words else "There are none")


def _figure(height: float) -> Any:
    """An empty picture. The library's own types are too loose to be checked."""
    return Figure(figsize=(WIDTH, height))


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _tint(share: float) -> str:
    """White for nothing, blue for the most."""
    full = (0x00, 0x72, 0xB2)
    strength = 0 if share == 0 else 0.12 + 0.88 * share
    return "#" + "".join(f"{round(255 + (part - 255) * strength):02x}" for part in full)


def _listed(bars: Sequence[Bar]) -> str:
    return "; ".join(f"{bar.name}: {bar.count}" for bar in bars)


def _drawn(figure: Any, name: str, title: str, words: str) -> str:
    """The figure as SVG for within a page: with a title and a description, sizes left to the page, ids of its own."""
    sheet = StringIO()
    figure.savefig(sheet, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    svg = sheet.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, count=1, flags=re.DOTALL)
    head, _, body = svg.partition(">")
    head = re.sub(r' (?:width|height)="[^"]*"', "", head)
    head += f' role="img" aria-labelledby="{name}-title {name}-words"'
    told = f'<title id="title">{html.escape(title)}</title><desc id="words">{html.escape(words)}.</desc>'
    return f"{head}>" + _IDS.sub(rf"\g<1>{name}-", told + body)
