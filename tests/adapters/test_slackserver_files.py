"""The Slack server for tests: bookmarks, pins, files, and what is written down."""

import json
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.slackserver.bench import House, got, open_house, refused


@pytest.fixture
async def house() -> AsyncGenerator[House]:
    async with open_house(subscriptions=()) as house:
        yield house


async def test_bookmarks_pins_and_files(house: House, tmp_path: Path) -> None:
    channel = house.workspace.add_channel("room", ["U1"], private=True, bot=True).id
    await house.client.bookmarks_add(channel_id=channel, title="Agenda", type="link", link="https://example.org")
    assert [each["title"] for each in (await got(house.client.bookmarks_list(channel_id=channel)))["bookmarks"]] == [
        "Agenda"
    ]
    sent = await got(house.client.chat_postMessage(channel=channel, text="x"))
    await house.client.pins_add(channel=channel, timestamp=sent["ts"])
    assert (await refused(house.client.pins_add(channel=channel, timestamp=sent["ts"])))["error"] == "already_pinned"
    path = tmp_path / "chart.png"
    path.write_bytes(b"picture")
    await house.client.files_upload_v2(file=str(path), title="Chart", channel=channel, initial_comment="look")
    shared = house.workspace.messages(channel)[-1]
    assert (shared.text, shared.extra["files"][0]["title"]) == ("look", "Chart")
    upload = house.workspace.team.uploads[shared.extra["files"][0]["id"]]
    assert upload.content == b"picture"


async def test_requests_are_written_down(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "http.jsonl"
    monkeypatch.setenv("COUNTERPART_HTTP_LOG", str(log))
    await house.client.auth_test()
    await refused(house.client.users_info(user="U9"))
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [(each["method"], each["error"]) for each in lines] == [("auth.test", ""), ("users.info", "user_not_found")]
    assert house.workspace.token not in log.read_text()
