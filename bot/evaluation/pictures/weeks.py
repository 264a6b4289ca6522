"""Activity over the weeks: columns of messages, and below them how many partnerships wrote."""

from typing import Any

from bot.evaluation.pictures.style import BLUE, GREY, INK, ORANGE, PALE, SMALL, Sheet, label
from bot.evaluation.series.said import shortened
from bot.evaluation.series.weeks import WHOLE, WeekSeries

_FIRST, _SECOND = 2.0, 1.45
"""Inches of the two parts."""
_NEAR = 0.05
"""The part of the width within which two numbers would touch."""
_LINE = 0.21
"""Inches of a line of the list of topics."""


def week_picture(series: WeekSeries) -> bytes:
    """Two parts above each other with the same weeks; lines with a number mark the days of topics."""
    below = _LINE * -(-len(series.topics) // 2) + 0.1 if series.topics else 0.0
    sheet = Sheet(series.said.headline, _FIRST + _SECOND + 2.0 + below)
    upper = sheet.axes(0.85, 1.35 + _SECOND + below, 5.95, _FIRST)
    lower = sheet.axes(0.85, 0.72 + below, 5.95, _SECOND)
    half = -(-len(series.topics) // 2)
    for place, topic in enumerate(series.topics):
        words = shortened(f"{topic.number}  {topic.title}", 37)
        sheet.text(0.3 + 3.4 * (place // half), below - _LINE * (place % half), words, va="top")
    weeks = [week.number for week in series.weeks]
    for week in series.weeks:
        part = week.days < WHOLE
        upper.bar(
            week.number, week.messages, width=0.8, color=PALE if part else BLUE, hatch="///" if part else None,
            edgecolor=GREY if part else BLUE, linewidth=0.5,
        )  # fmt: skip
    upper.set_ylim(0, (max(week.messages for week in series.weeks) or 1) * 1.06)
    upper.yaxis.set_major_formatter("{x:,.0f}")
    upper.set_title(
        "Messages in a week",
        fontsize=SMALL,
        color=INK,
        loc="left",
        pad=34 if any(_raised(series)) else 22 if series.topics else 8,
    )
    known = [week for week in series.weeks if week.share is not None]
    lower.plot(
        [week.number for week in known], [100 * (week.share or 0) for week in known],
        color=ORANGE, marker="o", markersize=6, linewidth=2.2, markeredgecolor=INK, clip_on=False, zorder=3,
    )  # fmt: skip
    lower.set_ylim(0, 100)
    lower.set_yticks(range(0, 101, 25), [f"{share} %" for share in range(0, 101, 25)])
    lower.set_title("Partnerships that wrote in the week", fontsize=SMALL, color=INK, loc="left", pad=8)
    lower.set_xlabel(f"week of the round, from {series.weeks[0].day:%-d %B %Y}", fontsize=SMALL, color=INK)
    step = 1 if len(weeks) <= 20 else 2 if len(weeks) <= 40 else 4
    for axes in (upper, lower):
        axes.set_xlim(0.4, len(weeks) + 0.6)
        axes.set_xticks(weeks[::step])
        axes.grid(visible=True, axis="y", color=PALE, linewidth=1)
        axes.set_axisbelow(True)
        _topics(axes, series)
    for topic, raised in zip(series.topics, _raised(series), strict=True):
        height = 1.18 if raised else 1.06
        label(upper, _place(series, topic.day), height, str(topic.number), transform=upper.get_xaxis_transform(),
              ha="center", bbox={"boxstyle": "circle,pad=0.25", "facecolor": "white", "edgecolor": GREY})  # fmt: skip
    return sheet.png()


def _raised(series: WeekSeries) -> list[bool]:
    """Which numbers of topics stand a little higher, since they would touch the one before."""
    near = _NEAR * len(series.weeks)
    found: list[bool] = []
    for before, topic in zip((None, *series.topics), series.topics, strict=False):
        close = before is not None and _place(series, topic.day) - _place(series, before.day) < near
        found.append(close and not found[-1])
    return found


def _topics(axes: Any, series: WeekSeries) -> None:
    for topic in series.topics:
        axes.axvline(_place(series, topic.day), color=GREY, linewidth=1.2, linestyle=(0, (4, 3)), zorder=2)


def _place(series: WeekSeries, day: Any) -> float:
    """Where a day stands: a week's column begins half a step before its number."""
    return 0.5 + (day - series.weeks[0].day).days / 7
