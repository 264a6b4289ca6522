"""Pictures of means and rates with intervals: satisfaction, satisfaction and contact, this round beside others."""

from typing import Any

from bot.evaluation.pictures.style import (
    BLUE,
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
from bot.evaluation.series.contact import ContactSeries, Panel
from bot.evaluation.series.earlier import EarlierSeries, Measure
from bot.evaluation.series.said import decimal, percent, shortened
from bot.evaluation.series.satisfaction import Answers, SatisfactionSeries, mean_words

_ACROSS = 2
"""So many small pictures stand side by side."""


def satisfaction_picture(series: SatisfactionSeries) -> bytes:
    """For each question the answers as columns, with the mean and its interval below."""
    rows = -(-len(series.questions) // _ACROSS)
    each = 2.35
    sheet = Sheet(series.said.headline, each * rows)
    for place, question in enumerate(series.questions):
        row, column = divmod(place, _ACROSS)
        top = sheet.body - each * row
        left = 0.2 + column * (WIDTH / 2)
        sheet.text(left, top - 0.05, shortened(question.scale.title, 30), size=NORMAL, weight="bold", va="top")
        words = f"mean {mean_words(question.mean)}, n = {question.mean.count:,}"
        sheet.text(left, top - 0.3, words, va="top")
        sheet.text(left, top - 0.52, shortened(question.survey, 40), va="top", color="#555555")
        _columns(sheet.axes(left, top - each + 0.5, 3.1, each - 1.35), question)
    return sheet.png()


def _columns(axes: Any, question: Answers) -> None:
    scale = question.scale
    values = range(scale.least, scale.most + 1)
    most = max(scale.counts.values())
    for value in values:
        count = scale.counts.get(value, 0)
        axes.bar(value, count, width=0.8, color=BLUE)
        axes.text(value, count + most * 0.03, f"{count:,}", ha="center", va="bottom", fontsize=SMALL - 1, color=INK)
    axes.set_xlim(scale.least - 0.6, scale.most + 0.6)
    axes.set_ylim(-most * 0.28, most * 1.16)
    axes.set_xticks(values)
    axes.tick_params(axis="x", length=0)
    axes.axhline(0, color=GREY, linewidth=1)
    axes.set_yticks([])
    bare(axes, "left")
    axes.spines["bottom"].set_visible(False)
    height = -most * 0.15
    mean = question.mean
    if mean.low is not None and mean.high is not None:
        whisker(axes, height, mean.low, mean.high, half=most * 0.07, color=INK, linewidth=2)
    axes.plot([mean.value], [height], marker="D", markersize=7, color=ORANGE, markeredgecolor=INK, zorder=5)


def contact_picture(series: ContactSeries) -> bytes:
    """Each scale against each way to tell contact: dots with whiskers, most contact on top."""
    heights = [0.36 * len(panel.groups) + 0.95 for panel in series.panels]
    sheet = Sheet(series.said.headline, sum(heights))
    top = sheet.body
    for panel, height in zip(series.panels, heights, strict=True):
        title = f"{shortened(panel.scale.title, 34)} · {panel.by[:1].lower()}{panel.by[1:]}"
        sheet.text(0.15, top - 0.08, title, size=NORMAL, weight="bold", va="top")
        _dots(sheet.axes(2.6, top - height + 0.4, 2.55, height - 0.78), panel)
        top -= height
    return sheet.png()


def _dots(axes: Any, panel: Panel) -> None:
    least, most = panel.scale.least, panel.scale.most
    width = most - least
    for row, group in enumerate(panel.groups):
        mean = group.mean
        if mean.low is not None and mean.high is not None:
            whisker(axes, row, mean.low, mean.high)
        axes.plot(
            [mean.value], [row], marker="D", markersize=7.5, color=ORANGE, markeredgecolor=INK, zorder=5, clip_on=False
        )
        label(axes, most + 0.06 * width, row, decimal(mean.value), weight="bold", fontsize=NORMAL)
        label(axes, most + 0.22 * width, row, f"n = {mean.count:,}")
    axes.set_xlim(least, most)
    axes.set_xticks(range(least, most + 1, 1 if width < 6 else 2))
    axes.grid(visible=True, axis="x", color=PALE, linewidth=1)
    axes.set_axisbelow(True)
    names_at_left(axes, [group.name for group in panel.groups], 30)


def earlier_picture(series: EarlierSeries) -> bytes:
    """A small picture for each measure, all with the same rounds."""
    each = 0.9 + 0.36 * len(series.rounds)
    rows = -(-len(series.measures) // _ACROSS)
    sheet = Sheet(series.said.headline, each * rows)
    for place, measure in enumerate(series.measures):
        row, column = divmod(place, _ACROSS)
        top = sheet.body - each * row
        left = 0.15 + column * (WIDTH / 2)
        sheet.text(left, top - 0.03, shortened(measure.name, 30), size=NORMAL, weight="bold", va="top")
        sheet.text(left, top - 0.26, shortened(measure.of, 44), va="top", color="#555555")
        _round_dots(sheet.axes(left + 1.15, top - each + 0.32, 1.5, each - 0.85), measure, series.rounds)
    return sheet.png()


def _round_dots(axes: Any, measure: Measure, rounds: tuple[str, ...]) -> None:
    factor = 100 if measure.percent else 1
    known = [point.high or point.value or 0.0 for point in measure.points]
    most = (measure.most if measure.most is not None else max(known) * 1.15) * factor
    least = measure.least * factor
    for row, point in enumerate(measure.points):
        if point.value is None:
            label(axes, least, row, " " + shortened(point.words, 18), color="#555555")
            continue
        if point.low is not None and point.high is not None:
            whisker(axes, row, factor * point.low, factor * point.high)
        last = row == len(rounds) - 1
        axes.plot(
            [factor * point.value], [row], marker="D" if last else "o", markersize=7.5, color=ORANGE if last else BLUE,
            markeredgecolor=INK, zorder=5, clip_on=False,
        )  # fmt: skip
        words = percent(point.value) if measure.percent else decimal(point.value)
        label(axes, most + 0.08 * (most - least), row, words, weight="bold" if last else "normal")
    axes.set_xlim(least, most)
    if measure.percent:
        axes.set_xticks([0, 50, 100])
    elif measure.most is not None:
        axes.set_xticks([least, (least + most) / 2, most], [f"{tick:g}" for tick in (least, (least + most) / 2, most)])
    axes.grid(visible=True, axis="x", color=PALE, linewidth=1)
    axes.set_axisbelow(True)
    names_at_left(axes, rounds, 14)
