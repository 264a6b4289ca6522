"""The web application: what it takes, what it refuses and how, and that a page is kept up to date."""

import base64
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from adapters.local.guard import LIMIT
from adapters.local.outbound import LocalAdapter
from adapters.local.view import PageView
from adapters.local.web import web_app
from bot.language.acts import CloseRoom
from bot.language.adapter import Retry
from bot.language.events import Answered, Commanded, Joined, Left, Said
from bot.language.messages import Choices, Input, Option, Picture
from tests.adapters.local_stage import DESK, Inbox, ScriptedControl, TurnedClock, direct, post, room_act, served, stage

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
YES_NO = Choices("flow:7:ok:1", (Option("y", "Yes"), Option("n", "No")))


class Site:
    """A platform, its inbox and control, and a client of its page."""

    def __init__(self, adapter: LocalAdapter) -> None:
        self.adapter = adapter
        self.inbox = Inbox()
        self.control = ScriptedControl(adapter)
        transport = httpx.ASGITransport(web_app(adapter, self.control))
        self.client = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000")

    async def ask(self, what: str, **body: object) -> httpx.Response:
        return await self.client.post(f"/{what}", json=body)


@asynccontextmanager
async def site() -> AsyncGenerator[Site]:
    made = Site(stage())
    await made.adapter.start(made.inbox.receive)
    async with made.client:
        yield made


async def test_the_page_and_its_files_are_served_with_strict_headers() -> None:
    async with site() as here:
        for path in ("/", "/page/app.js", "/page/style.css", "/page/icon.svg"):
            answer = await here.client.get(path)
            assert answer.status_code == 200
            policy = answer.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert answer.headers["x-content-type-options"] == "nosniff"
        assert "javascript" in (await here.client.get("/page/app.js")).headers["content-type"]
        assert (await here.client.get("/page/../web.py")).status_code == 404
        assert (await here.client.get("/page/%2e%2e/web.py")).status_code == 404


def test_the_page_loads_nothing_from_elsewhere_and_has_no_script_inside() -> None:
    folder = Path(__file__).parents[2] / "adapters" / "local" / "page"
    for file in folder.iterdir():
        text = file.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "http://" not in text
        assert "https://" not in text
        assert "style=" not in text
        assert len(text.splitlines()) < 300
    page = (folder / "index.html").read_text("utf-8")
    assert page.count("<script") == 1
    assert "onclick" not in page


async def test_what_is_done_on_the_page_reaches_the_core() -> None:
    async with site() as here:
        asked = await here.adapter.perform(post("q", direct("alex"), "Well?", YES_NO))
        room = (await here.adapter.perform(room_act())).room
        assert room is not None
        answers = [
            await here.ask("say", account="alex", place="direct/alex", text="Viet Nam"),
            await here.ask("say", account="alex", place=f"room/{room.id}", text="Hello Amina"),
            await here.ask(
                "press",
                account="alex",
                place="direct/alex",
                message=asked.reference,
                token=YES_NO.token,
                values=["y"],
            ),
            await here.ask("command", account="cora", place="desk/desk", text="status"),
            await here.ask("leave", account="alex"),
        ]
        assert [answer.json() for answer in answers] == [{"ok": True}] * 5
        assert [type(event) for event in here.inbox.events] == [Said, Said, Answered, Commanded, Left]
        assert here.inbox.events[3].address == DESK
        assert here.control.settled == 5


@pytest.mark.parametrize(
    ("what", "body", "sentence"),
    [
        ("say", {"account": "alex", "place": "direct/alex", "text": "  "}, "write something"),
        ("say", {"account": "alex", "place": "direct/amina", "text": "x"}, "not in that place"),
        ("say", {"account": "alex", "place": "desk/desk", "text": "x"}, "not in that place"),
        ("say", {"account": "alex", "place": "room/r0001", "text": "x"}, "not in that place"),
        ("say", {"account": "alex", "place": "cellar/x", "text": "x"}, "no such place"),
        ("say", {"account": "alex", "place": "direct/../x", "text": "x"}, "no such place"),
        ("say", {"account": "nobody", "place": "direct/nobody", "text": "x"}, "no such account"),
        ("say", {"account": "amina", "place": "direct/amina", "text": "x"}, "by themselves"),
        ("seats", {"name": " \u202e ", "zone": "Europe/London"}, "name"),
        ("seats", {"name": "Sam", "zone": "Europe/Nowhere"}, "time zone"),
        ("seats", {"name": "Sam", "zone": "../etc/passwd"}, "time zone"),
        ("trouble", {"name": "earthquake"}, "no such trouble"),
    ],
)
async def test_what_cannot_be_done_is_refused_in_a_sentence(what: str, body: dict[str, str], sentence: str) -> None:
    async with site() as here:
        answer = await here.ask(what, **body)
        assert answer.status_code == 409
        assert sentence in answer.json()["error"]
        assert here.inbox.events == []


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b'{"do": "fly"}', b'{"do": "run", "speed": -1}', b"\xff"]
)
async def test_what_is_no_request_of_the_page_is_refused(content: bytes) -> None:
    async with site() as here:
        before = here.adapter.platform.clock.now()
        answer = await here.client.post("/clock", content=content, headers={"content-type": "application/json"})
        assert answer.status_code == 400
        assert "error" in answer.json()
        assert here.adapter.platform.clock.now() == before


async def test_ten_megabytes_are_refused_in_a_sentence_and_change_nothing() -> None:
    async with site() as here:
        answer = await here.ask("say", account="alex", place="direct/alex", text="a" * 10_000_000)
        assert answer.status_code == 413
        assert "too long" in answer.json()["error"]
        assert here.inbox.events == []
        fits = await here.ask("say", account="alex", place="direct/alex", text="a" * (LIMIT - 200))
        assert fits.status_code == 200
        (event,) = here.inbox.events
        assert isinstance(event, Said)
        assert event.cut


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"host": "evil.example:8000"},
        {"host": "127.0.0.1.evil.example"},
        {"host": ""},
        {"host": "127.0.0.1:8000", "origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "https://127.0.0.1:8000"},
        {"origin": "http://127.0.0.1:9000"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
    ],
)
async def test_other_sites_may_not_act_here(headers: dict[str, str]) -> None:
    async with site() as here:
        body = b'{"account": "alex", "place": "direct/alex", "text": "x"}'
        sent = {"content-type": "application/json"} | headers
        answer = await here.client.post("/say", content=body, headers=sent)
        assert answer.status_code == 403
        assert here.inbox.events == []
        if "evil" in headers.get("host", ""):
            assert (await here.client.get("/events", headers=headers)).status_code == 403


async def test_the_own_page_may_act_here() -> None:
    async with site() as here:
        body = b'{"account": "alex", "place": "direct/alex", "text": "x"}'
        for host in ("127.0.0.1:8000", "localhost:8000", "[::1]:8000"):
            headers = {"host": host, "origin": f"http://{host}", "sec-fetch-site": "same-origin"}
            answer = await here.client.post(
                "/say", content=body, headers={"content-type": "application/json"} | headers
            )
            assert answer.status_code == 200


async def test_the_clock_is_turned_by_the_control() -> None:
    async with site() as here:
        await here.ask("clock", do="step")
        assert here.control.steps == 1
        await here.ask("clock", do="run", speed=3600)
        assert here.adapter.platform.speed == 3600
        await here.ask("clock", do="pause")
        assert here.adapter.platform.speed == 0


async def test_a_further_seat_joins_and_there_are_not_too_many() -> None:
    async with site() as here:
        for name in ("Sam", "Robin"):
            assert (await here.ask("seats", name=name, zone="Asia/Tokyo")).status_code == 200
        joined = [event for event in here.inbox.events if isinstance(event, Joined)]
        assert [(event.actor.name, event.actor.zone) for event in joined] == [
            ("Sam", "Asia/Tokyo"),
            ("Robin", "Asia/Tokyo"),
        ]
        assert (await here.ask("seats", name="Kim")).status_code == 409


async def test_trouble_can_be_switched_on_and_off() -> None:
    async with site() as here:
        await here.ask("trouble", name="down")
        with pytest.raises(Retry):
            await here.adapter.perform(post("a", direct("alex"), "x"))
        await here.ask("trouble", name="none")
        await here.adapter.perform(post("a", direct("alex"), "x"))


async def test_when_the_core_is_away_the_page_says_so_and_nothing_is_lost() -> None:
    async with site() as here:
        here.inbox.broken = True
        answer = await here.ask("say", account="alex", place="direct/alex", text="hello")
        assert answer.status_code == 503
        assert "Nothing is lost" in answer.json()["error"]
        here.inbox.broken = False
        await here.ask("command", account="alex", place="direct/alex", text="help")
        assert [event.type for event in here.inbox.events] == ["said", "commanded"]


async def test_only_pictures_that_were_posted_are_served(tmp_path: Path) -> None:
    good, bad, none = Picture("f1", "A dot", content=PNG), Picture("f2", "x", content=b"<svg/>"), Picture("f3", "x")
    adapter = stage(journal=tmp_path / "journal")
    receipt = await adapter.perform(post("p", direct("alex"), good, bad, none, "w"))
    # A picture is there after a restart, when nobody brings it again.
    for each in (adapter, stage(journal=tmp_path / "journal")):
        async with served(each) as (_, port), httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            answer = await client.get(f"/pictures/{receipt.reference}/0")
            assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, PNG, "image/png")
            assert answer.headers["x-content-type-options"] == "nosniff"
            for path in (*(f"{receipt.reference}/{number}" for number in (1, 2, 3)), "m000099/0", "x/99"):
                assert (await client.get(f"/pictures/{path}")).status_code == 404
        await each.stop()


async def test_files_are_sent_in_private_and_of_no_size() -> None:
    async with site() as here:
        sent = {"account": "alex", "text": "", "name": "a.png", "content": base64.b64encode(PNG).decode()}
        refused = await here.ask("send", place="hall/hall", **sent)
        assert refused.status_code == 409 and "bot alone" in refused.json()["error"]
        assert (await here.ask("send", place="direct/alex", **sent)).status_code == 200
        assert (await here.ask("send", place="direct/alex", **{**sent, "content": "no base64!"})).status_code == 409
        large = base64.b64encode(bytes(20 * 1024 * 1024)).decode()
        too_long = await here.ask("send", place="direct/alex", **{**sent, "content": large})
        assert too_long.status_code == 413 and "Nothing was changed" in too_long.json()["error"]
        assert [event.type for event in here.inbox.events] == ["said"]


async def next_view(lines: AsyncIterator[str]) -> PageView:
    async for line in lines:
        if line.startswith("data: "):
            return json.loads(line.removeprefix("data: "))
    raise AssertionError("the stream has ended")


@asynccontextmanager
async def following(port: int) -> AsyncGenerator[AsyncIterator[str]]:
    async with httpx.AsyncClient(timeout=10) as client, client.stream("GET", f"http://127.0.0.1:{port}/events") as feed:
        yield feed.aiter_lines()


async def test_a_page_gets_everything_and_then_what_changes_and_again_after_a_restart(tmp_path: Path) -> None:
    adapter = stage(journal=tmp_path / "journal")
    await adapter.perform(post("q", direct("alex"), "<script>alert(1)</script>", Input("flow:7:name:1", "Your name")))
    async with served(adapter) as (_, port), following(port) as lines:
        whole = await next_view(lines)
        assert whole["whole"]
        assert len(whole["accounts"]) == 4
        assert whole["posts"][0]["open"]
        assert "<script" not in whole["posts"][0]["parts"][0].get("html", "")
        await adapter.perform(post("q2", direct("alex"), "And now?", Input("flow:7:country:2", "Your country")))
        opened = await adapter.perform(room_act())
        assert opened.room is not None
        changes = await next_view(lines)
        assert not changes["whole"]
        # The older question changed too: it is over.
        assert [(view["ref"], view["open"]) for view in changes["posts"]] == [("m000001", False), ("m000002", True)]
        assert changes["rooms"][0]["members"] == ["alex", "amina"]
        await adapter.perform(CloseRoom("close", "close", opened.room))
        assert (await next_view(lines))["rooms"][0]["closed"]
    await adapter.stop()
    again = stage(TurnedClock(), journal=tmp_path / "journal")
    async with served(again) as (_, port), following(port) as lines:
        view = await next_view(lines)
        assert [shown["ref"] for shown in view["posts"]] == ["m000001", "m000002"]
        assert view["rooms"][0]["closed"]
    assert again.platform.listeners == []


async def test_a_real_server_listens_on_this_machine_only_and_answers_ten_megabytes() -> None:
    adapter = stage()
    async with served(adapter) as (server, port), httpx.AsyncClient(timeout=20) as client:
        assert server.config.host == "127.0.0.1"
        body = {"account": "alex", "place": "direct/alex", "text": "a" * 10_000_000}
        answer = await client.post(f"http://127.0.0.1:{port}/say", json=body)
        assert answer.status_code == 413
        assert adapter.platform.waiting == {}
