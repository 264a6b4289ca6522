"""The pictures as files: each has something on it, nothing is cut off, and threads do not disturb each other."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from matplotlib.image import imread

from bot.evaluation.history import RoundHistory, TopicDay
from bot.evaluation.pictures.gallery import Drawn, gallery
from bot.evaluation.pictures.style import DPI, WIDTH
from tests.evaluation.invented import empty, history, of_one_pair

EDGE = 8
"""Points of the screen at each edge that must stay white."""
EARLIER = tuple(history(90, seed, number=-seed, name=f"Round {seed} with a rather long name") for seed in range(1, 9))


def long_words() -> RoundHistory:
    """A round in which every name is long, with a formula in it, and all countries have long names."""
    found = history(1500)
    long = "A question whose name is much longer than any name should be, with $x^2$ and more words"
    lands = ("VC", "CD", "BA", "ST", "TT", "PG", "CF", "GQ", "GS", "MP", "VG", "TF", "IO", "HM", "UM")
    return replace(
        found,
        people=tuple(replace(person, country=lands[person.key % len(lands)]) for person in found.people),
        pairs=tuple(
            replace(pair, countries=(lands[pair.key % len(lands)], lands[pair.key % 7])) for pair in found.pairs
        ),
        titles=dict.fromkeys(found.titles, long),
        topics=tuple(
            TopicDay(number, f"t{number}", long, found.starts_on + timedelta(days=7 * number)) for number in range(16)
        ),
        labels={
            name: {value: f"{label}: {long}" for value, label in values.items()}
            for name, values in found.labels.items()
        },
    )


@pytest.fixture(scope="module")
def usual() -> tuple[Drawn, ...]:
    return gallery(history(150), EARLIER[:2])


def test_every_picture_that_was_asked_for(usual: tuple[Drawn, ...]) -> None:
    assert [drawn.name for drawn in usual] == [
        "funnel", "countries", "meetings", "first", "weeks", "satisfaction", "answers", "contact", "wishes", "cases",
        "rounds",
    ]  # fmt: skip
    assert all(drawn.png for drawn in usual)


@pytest.mark.parametrize(
    "found",
    [
        history(1500),
        history(150, ended=False, weeks=52),
        history(15, seed=5, weeks=1),
        long_words(),
    ],
    ids=("1500", "a year that runs", "15 in a week", "long words"),
)
def test_pictures_have_something_on_them_and_nothing_is_cut_off(found: RoundHistory) -> None:
    for drawn in gallery(found, EARLIER):
        if not drawn.png:
            continue
        pixels: Any = imread(BytesIO(drawn.png))[:, :, :3].mean(axis=2)
        height, width = pixels.shape
        assert width == round(WIDTH * DPI) and 300 < height < 4_000, drawn.name
        assert 0.005 < (pixels < 0.95).mean() < 0.6, drawn.name
        edges = [pixels[:EDGE], pixels[-EDGE:], pixels[:, :EDGE], pixels[:, -EDGE:]]
        assert [float(edge.min()) for edge in edges] == [1.0] * 4, f"{drawn.name} is cut off"
        assert len(drawn.png) < 600_000


def test_where_there_is_nothing_to_show_there_is_no_picture() -> None:
    assert [drawn.png for drawn in gallery(empty())] == [b""] * 10
    assert [drawn.name for drawn in gallery(of_one_pair()) if drawn.png] == ["funnel"]


def test_the_same_round_gives_the_same_pictures_in_several_threads_too(usual: tuple[Drawn, ...]) -> None:
    with ThreadPoolExecutor(2) as threads:
        drawn = list(threads.map(lambda _: gallery(history(150), EARLIER[:2]), range(2)))
    assert drawn == [usual] * 2
