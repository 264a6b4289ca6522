"""The Slack server for tests: the limits of Block Kit."""

import pytest

from tests.slackserver.blocks import faults, view_faults
from tests.slackserver.state import Json


def section(text: str = "x", **more: object) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(label: str = "Yes", **more: object) -> Json:
    return {"type": "button", "text": {"type": "plain_text", "text": label}, **more}


def actions(*elements: Json, **more: object) -> Json:
    return {"type": "actions", "elements": list(elements), **more}


def select(count: int, kind: str = "static_select", label: str = "x", value: str = "v") -> Json:
    options = [{"text": {"type": "plain_text", "text": label}, "value": f"{value}{each}"} for each in range(count)]
    return {"type": kind, "options": options, "action_id": "a"}


@pytest.mark.parametrize(
    ("blocks", "wrong"),
    [
        ([section("x" * 3000)], 0),
        ([section("x" * 3001)], 1),
        ([section("")], 1),
        ([section() for _ in range(51)], 1),
        ([{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}], 1),
        ([{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}], 1),
        ([actions(button("x" * 75, value="v" * 2000))], 0),
        ([actions(button("x" * 76, value="v" * 2001))], 2),
        ([actions(*[button(action_id=str(each)) for each in range(26)])], 1),
        ([actions(button(action_id="same"), button(action_id="same"))], 1),
        ([actions(button(action_id="a" * 256))], 1),
        ([actions(select(100))], 0),
        ([actions(select(101))], 1),
        ([actions(select(1, label="x" * 76, value="v" * 150))], 2),
        ([actions(select(10, "checkboxes"))], 0),
        ([actions(select(11, "checkboxes"))], 1),
        ([actions(select(2, "multi_static_select"))], 1),
        ([section(accessory=select(2, "multi_static_select"))], 0),
        ([section(block_id="b"), section(block_id="b")], 1),
        ([section(block_id="b" * 256)], 1),
        ([{"type": "fancy"}], 1),
    ],
)
def test_limits_of_blocks(blocks: list[Json], wrong: int) -> None:
    assert len(faults(blocks, "message")) == wrong


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        ({}, 0),
        ({"title": {"type": "plain_text", "text": "x" * 25}}, 1),
        ({"private_metadata": "x" * 3001}, 1),
        ({"blocks": [section() for _ in range(101)]}, 1),
        ({"type": "home", "title": None}, 0),
    ],
)
def test_limits_of_views(more: Json, wrong: int) -> None:
    modal = {"type": "modal", "title": {"type": "plain_text", "text": "Form"}, "blocks": [section()]}
    assert len(view_faults({**modal, **more})) == wrong
