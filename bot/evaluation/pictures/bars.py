"""Pictures made of lying bars that begin at nought: the funnel, countries, wishes met, first contact, cases."""

from typing import Any

from bot.evaluation.pictures.style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    NORMAL,
    ORANGE,
    PALE,
    SMALL,
    WIDTH,
    Sheet,
    bare,
    label,
    names_at_left,
    whisker,
)
from bot.evaluation.series.answers import AnswerSeries
from bot.evaluation.series.cases import FATES, CaseSeries
from bot.evaluation.series.countries import CountrySeries, rest_name
from bot.evaluation.series.first import FirstSeries
from bot.evaluation.series.funnel import FunnelSeries, share_of_first
from bot.evaluation.series.said import percent, shortened
from bot.evaluation.series.wishes import WishSeries

_LOOKS = ((GREEN, "", "white"), (BLUE, "", "white"), (ORANGE, "///", INK))
"""The colour, hatching and letters of each fate of a case."""


def funnel_picture(series: FunnelSeries) -> bytes:
    """A bar for each stage, what was lost pale beside it."""
    sheet = Sheet(series.said.headline, 0.62 * len(series.stages) + 0.35)
    axes = sheet.axes(1.25, 0.1, 3.9, sheet.body - 0.35)
    most = series.stages[0].count or 1
    for row, stage in enumerate(series.stages):
        axes.barh(row, most, height=0.66, color=PALE)
        axes.barh(row, stage.count, height=0.66, color=BLUE)
        share = percent(share_of_first(series.stages, stage))
        label(axes, most * 1.02, row, f"{stage.count:,}", fontsize=NORMAL, weight="bold")
        label(axes, most * 1.2, row, share, fontsize=NORMAL)
    label(axes, most * 1.02, -0.55, "people")
    label(axes, most * 1.2, -0.55, "of applied")
    axes.set_xlim(0, most)
    names_at_left(axes, [stage.name for stage in series.stages])
    bare(axes, "bottom", "left")
    return sheet.png()


def country_picture(series: CountrySeries) -> bytes:
    """A bar for each country, the largest on top; all others together are hatched."""
    rows = [(name, count, False) for name, count in series.bars]
    if series.rest:
        rows.append((rest_name(series.rest_countries), series.rest, True))
    sheet = Sheet(series.said.headline, 0.33 * len(rows) + 0.2)
    axes = sheet.axes(2.35, 0.1, 3.95, sheet.body - 0.15)
    most = max(count for _, count, _ in rows)
    for row, (_, count, rest) in enumerate(rows):
        _bar(axes, row, count, rest)
        label(axes, count + most * 0.015, row, f"{count:,}")
    axes.set_xlim(0, most * 1.08)
    names_at_left(axes, [name for name, _, _ in rows])
    bare(axes, "bottom")
    return sheet.png()


def wish_picture(series: WishSeries) -> bytes:
    """For each wish how far it was met, with its interval."""
    sheet = Sheet(series.said.headline, 0.6 * len(series.wishes) + 0.75)
    axes = _shares(sheet, [wish.name for wish in series.wishes], "met on average, per cent")
    for row, wish in enumerate(series.wishes):
        axes.barh(row, 100 * wish.mean.value, height=0.56, color=BLUE)
        if wish.mean.low is not None and wish.mean.high is not None:
            whisker(axes, row, 100 * wish.mean.low, 100 * wish.mean.high)
        _at_right(axes, row, percent(wish.mean.value), f"n = {wish.mean.count:,}")
    return sheet.png()


def first_picture(series: FirstSeries) -> bytes:
    """How many partnerships had all written by then, with intervals."""
    sheet = Sheet(series.said.headline, 0.5 * len(series.by) + 0.75)
    axes = _shares(sheet, [name for name, _ in series.by], "of the partnerships, per cent")
    for row, (_, one) in enumerate(series.by):
        axes.barh(row, 100 * one.value, height=0.56, color=BLUE)
        whisker(axes, row, 100 * one.low, 100 * one.high)
        _at_right(axes, row, percent(one.value), f"{one.count:,} of {one.of:,}")
    return sheet.png()


def answer_picture(series: AnswerSeries) -> bytes:
    """For each question the shares of its answers, with intervals; questions stand as headings between the bars."""
    heights = [0.38 * len(question.answers) + 0.62 for question in series.questions]
    sheet = Sheet(series.said.headline, sum(heights) + 0.1)
    top = sheet.body
    for question, height in zip(series.questions, heights, strict=True):
        title = shortened(f"{question.title} · {question.survey}", 66)
        sheet.text(0.15, top - 0.06, title, size=NORMAL, weight="bold", va="top")
        axes = sheet.axes(2.35, top - height + 0.2, 2.9, height - 0.52)
        axes.set_xlim(0, 100)
        for row, (_, one) in enumerate(question.answers):
            axes.barh(row, 100, height=0.6, color=PALE)
            axes.barh(row, 100 * one.value, height=0.6, color=BLUE)
            whisker(axes, row, 100 * one.low, 100 * one.high)
            _at_right(axes, row, percent(one.value), f"{one.count:,} of {one.of:,}")
        names_at_left(axes, [answer for answer, _ in question.answers], 27)
        bare(axes, "bottom", "left")
        top -= height
    return sheet.png()


def case_picture(series: CaseSeries) -> bytes:
    """For each kind of case what became of it: parts of a bar, each with its number."""
    sheet = Sheet(series.said.headline, 0.42 * len(series.bars) + 0.65)
    axes = sheet.axes(2.6, 0.12, 3.8, sheet.body - 0.6)
    most = max(bar.count for bar in series.bars)
    for row, bar in enumerate(series.bars):
        begin = 0
        for (colour, hatch, letters), count in zip(_LOOKS, bar.counts, strict=True):
            axes.barh(row, count, left=begin, height=0.66, color=colour, hatch=hatch, edgecolor="white", linewidth=0.8)
            if count / most > 0.05:
                box = {"facecolor": colour, "edgecolor": "none", "pad": 1.2} if hatch else None
                label(axes, begin + count / 2, row, f"{count:,}", ha="center", color=letters, bbox=box)
            begin += count
        label(axes, begin + most * 0.015, row, f"{bar.count:,}", weight="bold")
    axes.set_xlim(0, most * 1.1)
    names_at_left(axes, [bar.name for bar in series.bars], 30)
    bare(axes, "bottom")
    _key(sheet, 0.15, sheet.body - 0.2)
    return sheet.png()


def _key(sheet: Sheet, x: float, y: float) -> None:
    """What each part of a bar means, in the order of the parts."""
    axes = sheet.axes(0, y - 0.15, WIDTH, 0.3)
    axes.set_axis_off()
    axes.set_xlim(0, WIDTH)
    axes.set_ylim(0, 0.3)
    for (colour, hatch, _), name in zip(_LOOKS, FATES, strict=True):
        axes.barh(0.15, 0.24, left=x, height=0.18, color=colour, hatch=hatch, edgecolor="white", linewidth=0.8)
        label(axes, x + 0.31, 0.15, name)
        x += 0.55 + 0.083 * len(name)


def _bar(axes: Any, row: int, count: int, rest: bool) -> None:
    if rest:
        axes.barh(row, count, height=0.7, color=PALE, edgecolor=GREY, hatch="///", linewidth=0.8)
    else:
        axes.barh(row, count, height=0.7, color=BLUE)


def _shares(sheet: Sheet, names: list[str], across: str) -> Any:
    """Axes from nought to a hundred per cent, with faint lines, and the rows by name."""
    axes = sheet.axes(1.95, 0.62, 3.3, sheet.body - 0.68)
    axes.set_xlim(0, 100)
    axes.set_xticks(range(0, 101, 25))
    axes.grid(visible=True, axis="x", color=PALE, linewidth=1)
    axes.set_axisbelow(True)
    axes.set_xlabel(across, fontsize=SMALL, color=INK)
    names_at_left(axes, names, 20)
    return axes


def _at_right(axes: Any, row: int, share: str, of: str) -> None:
    label(axes, 103, row, share, fontsize=NORMAL, weight="bold")
    label(axes, 122, row, of)
