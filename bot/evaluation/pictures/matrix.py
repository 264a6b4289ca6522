"""Which countries meet: a table whose squares are the darker, the more meetings there are."""

from matplotlib.patches import Rectangle

from bot.evaluation.pictures.style import GREY, INK, SMALL, WIDTH, Sheet, label, safe
from bot.evaluation.series.meetings import MeetingSeries
from bot.evaluation.series.said import shortened

_FULL = (0x00, 0x72, 0xB2)


def meeting_picture(series: MeetingSeries) -> bytes:
    """The table. Blank squares have too few meetings to be told, or none."""
    size = len(series.names)
    left = 2.05
    wide = min(1.0, (WIDTH - left - 1.0) / size)
    high = min(0.5, wide)
    sheet = Sheet(series.said.headline, high * size + 1.25)
    axes = sheet.axes(left, 0.1, wide * size, high * size)
    most = max((count or 0 for line in series.cells for count in line), default=0) or 1
    for row, line in enumerate(series.cells):
        for column, count in enumerate(line):
            share = (count or 0) / most
            axes.add_patch(Rectangle((column, row), 1, 1, facecolor=_tint(share), edgecolor=GREY, linewidth=0.6))
            if count:
                label(axes, column + 0.5, row + 0.5, f"{count:,}", ha="center", color="white" if share > 0.5 else INK)
    axes.set_xlim(0, size)
    axes.set_ylim(size, 0)
    axes.xaxis.tick_top()
    places = [place + 0.5 for place in range(size)]
    axes.set_yticks(places, [safe(shortened(name, 22)) for name in series.names], fontsize=SMALL)
    names = [safe(shortened(name, 16)) for name in series.names]
    axes.set_xticks(places, names, fontsize=SMALL, rotation=40, ha="left", rotation_mode="anchor")
    axes.tick_params(length=0)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    return sheet.png()


def _tint(share: float) -> str:
    """White for nothing, blue for the most."""
    strength = 0 if share == 0 else 0.12 + 0.88 * share
    return "#" + "".join(f"{round(255 + (part - 255) * strength):02x}" for part in _FULL)
