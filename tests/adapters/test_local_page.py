"""The page in a real browser: what a visitor presses, types and turns is what happens."""

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Page, async_playwright, expect

from adapters.local.outbound import LocalAdapter
from bot.language.acts import Edit, FetchFile
from bot.language.adapter import Gone, Refused
from bot.language.events import Answered, Commanded, Event, Said
from bot.language.messages import Choices, Input, Option, say
from tests.adapters.local_stage import DESK, HALL, Inbox, direct, post, room_act, served, stage

BROWSER = (
    "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync "
    "--no-first-run"
)
TYPES = Choices("flow:7:type:2", (Option("p", "Public library"), Option("a", "Academic library")))
INTERESTS = Choices("flow:7:interests:3", tuple(Option(f"i{n}", f"Interest {n}") for n in range(4)), many=True)
ZONES = Choices("flow:7:zone:4", tuple(Option(f"Zone/{n}", f"Zone {n}") for n in range(9)))


@dataclass
class Visit:
    """A browser at the page, and the platform behind it."""

    adapter: LocalAdapter
    inbox: Inbox
    page: Page
    failures: list[str]

    def events(self, kind: type[Event]) -> list[Event]:
        return [event for event in self.inbox.events if isinstance(event, kind)]


@asynccontextmanager
async def browser_page(width: int, scheme: Literal["light", "dark"]) -> AsyncGenerator[tuple[Page, list[str]]]:
    failures: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=BROWSER.split())
        page = await browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        page.on("pageerror", lambda error: failures.append(str(error)))
        page.on("console", lambda said: failures.append(said.text) if said.type == "error" else None)
        page.on("dialog", lambda dialog: failures.append(dialog.message))
        yield page, failures
        await browser.close()


@asynccontextmanager
async def visit(width: int = 1280, scheme: Literal["light", "dark"] = "light") -> AsyncGenerator[Visit]:
    adapter, inbox = stage(), Inbox()
    await adapter.start(inbox.receive)
    async with served(adapter) as (_, port), browser_page(width, scheme) as (page, failures):
        await page.goto(f"http://127.0.0.1:{port}/")
        yield Visit(adapter, inbox, page, failures)


async def test_a_visitor_answers_presses_types_and_turns_the_clock() -> None:
    async with visit() as here:
        page, adapter = here.page, here.adapter
        alex = page.get_by_role("region", name="Alex (you)")
        await adapter.perform(
            post("q1", direct("alex"), "Which **country**?", Input("flow:7:country:1", "Your country"))
        )
        await alex.get_by_label("Your country").fill("Viet Nam")
        await alex.get_by_label("Your country").press("Enter")
        await expect(alex.get_by_text("✓ Viet Nam")).to_be_visible()

        await adapter.perform(post("q2", direct("alex"), "Where do you work?", TYPES))
        await alex.get_by_role("button", name="Academic library").click()
        await expect(alex.get_by_text("✓ Academic library")).to_be_visible()

        await adapter.perform(post("q3", direct("alex"), "What interests you?", INTERESTS))
        await alex.get_by_label("Interest 1").check()
        await alex.get_by_label("Interest 3").check()
        await alex.locator("form.checks").get_by_role("button", name="Send").click()
        await expect(alex.get_by_text("✓ Interest 1, Interest 3")).to_be_visible()

        await adapter.perform(post("q4", direct("alex"), "Which time zone?", ZONES))
        await alex.get_by_label("Your choice").select_option("Zone 5")
        await alex.locator(".message form").get_by_role("button", name="Send").click()
        await expect(alex.get_by_text("✓ Zone 5")).to_be_visible()
        answers = [event for event in here.inbox.events if isinstance(event, Answered)]
        assert [event.values for event in answers] == [("Viet Nam",), ("a",), ("i1", "i3"), ("Zone/5",)]

        await expect(page.locator("#now")).to_have_text(re.compile("1 Sept 2026, 08:00"))
        await page.get_by_role("button", name="Next").click()
        await expect(page.locator("#now")).to_have_text(re.compile("2 Sept 2026, 08:00"))
        await expect(alex.get_by_text("Topic 1 is here.")).to_be_visible()
        await page.get_by_role("button", name="Play").click()
        await expect(page.get_by_role("button", name="Next")).to_be_disabled()
        await page.get_by_role("button", name="Pause").click()
        await expect(page.get_by_role("button", name="Next")).to_be_enabled()
        assert here.failures == []


async def test_a_visitor_writes_in_the_room_and_gives_a_command_by_keyboard() -> None:
    async with visit(width=800, scheme="dark") as here:
        page = here.page
        room = (await here.adapter.perform(room_act())).room
        assert room is not None
        await here.adapter.perform(post("intro", room, "# Meet each other"))
        alex = page.get_by_role("region", name="Alex (you)")
        await alex.get_by_role("tab", name="Alex & Amina").click()
        await expect(alex.get_by_role("heading", name="Meet each other")).to_be_visible()
        await alex.get_by_label("Message").fill("<b>Hello</b> Amina")
        await alex.get_by_label("Message").press("Enter")
        await expect(alex.get_by_text("<b>Hello</b> Amina")).to_be_visible()

        desk = page.get_by_role("region", name="Cora (you)")
        await desk.get_by_label("Message").press_sequentially("/men")
        await desk.get_by_role("button", name="/mentoring status").click()
        await desk.get_by_label("Message").press("Enter")
        await expect(desk.get_by_text("/mentoring status")).to_be_visible()

        # Whoever looks over Amina's shoulder sees the room too, but can neither write nor press there.
        amina = page.get_by_role("region", name="Amina Diallo")
        await page.get_by_role("button", name="Look at Amina Diallo's screen").click()
        await amina.get_by_role("tab", name="Alex & Amina").click()
        await expect(amina.get_by_text("<b>Hello</b> Amina")).to_be_visible()
        assert await amina.get_by_label("Message").count() == 0
        (said,) = here.events(Said)
        assert isinstance(said, Said)
        assert said.text == ""
        (commanded,) = here.events(Commanded)
        assert isinstance(commanded, Commanded)
        assert (commanded.text, commanded.address) == ("status", DESK)
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 800
        assert here.failures == []


async def test_hostile_words_stay_words_and_refusals_are_told() -> None:
    async with visit() as here:
        page = here.page
        await here.adapter.perform(
            post("x", HALL, "<script>alert(1)</script><img src=x onerror=alert(2)> [a](javascript:alert(3)) @everyone")
        )
        asked = await here.adapter.perform(
            post("case", DESK, "A case", Choices("case:1", (Option("a", "Write to both"),)))
        )
        alex = page.get_by_role("region", name="Alex (you)")
        await alex.get_by_role("tab", name="Hall").click()
        await expect(alex.get_by_text("alert(1)")).to_be_visible()
        assert await alex.locator("script, img, .words a").count() == 0

        await alex.get_by_role("tab", name="Bot").click()
        await alex.get_by_label("Message").fill("long " * 100_000)
        await alex.get_by_role("button", name="Send").click()
        await expect(page.locator("#notice")).to_contain_text("too long")
        assert here.inbox.events == []

        desk = page.get_by_role("region", name="Cora (you)")
        await desk.get_by_role("button", name="Write to both").click()
        await expect(desk.get_by_text("✓ Write to both")).to_be_visible()
        await here.adapter.perform(Edit("case:done", "case", DESK, asked.reference, say("Done: both were written to.")))
        await expect(desk.get_by_text("Done: both were written to.")).to_be_visible()
        assert await desk.get_by_role("button", name="Write to both").count() == 0
        # The refused text is the browser's own report of the answer 413.
        assert all("413" in failure for failure in here.failures)


async def test_the_page_comes_back_after_the_platform_was_restarted(tmp_path: Path) -> None:
    async with browser_page(1280, "light") as (page, _):
        before = stage(journal=tmp_path / "journal")
        async with served(before) as (_, port):
            await page.goto(f"http://127.0.0.1:{port}/")
            alex = page.get_by_role("region", name="Alex (you)")
            await before.perform(post("a", direct("alex"), "Before the restart"))
            await expect(alex.get_by_text("Before the restart")).to_be_visible()
        await before.stop()
        await expect(page.locator("body")).to_have_class("away")
        again = stage(journal=tmp_path / "journal")
        async with served(again, port):
            await again.perform(post("b", direct("alex"), "After the restart"))
            await expect(alex.get_by_text("After the restart")).to_be_visible(timeout=15_000)
            await expect(alex.get_by_text("Before the restart")).to_have_count(1)
        await again.stop()


async def test_a_picture_is_sent_to_the_bot_alone() -> None:
    async with visit() as here:
        alex = here.page.get_by_role("region", name="Alex (you)")
        await here.adapter.perform(post("hall", HALL, "Hello all"))
        await here.adapter.perform(post("q", direct("alex"), "A picture?"))
        await alex.get_by_role("tab", name="Hall").click()
        await expect(alex.get_by_role("button", name="Add a picture")).to_be_hidden()
        await alex.get_by_role("tab", name="Bot").click()
        await alex.get_by_label("Message").fill("My desk")
        content = b"\x89PNG\r\n\x1a\n" + bytes(400_000)
        async with here.page.expect_file_chooser() as choosing:
            await alex.get_by_role("button", name="Add a picture").click()
        chooser = await choosing.value
        await chooser.set_files({"name": "desk.png", "mimeType": "image/png", "buffer": content})
        await expect(alex.get_by_text("[desk.png]")).to_be_visible()
        await expect(alex.get_by_label("Message")).to_have_value("")
        (said,) = here.events(Said)
        assert isinstance(said, Said) and said.text == "My desk"
        (file,) = said.files
        assert (file.name, file.media_type, file.size) == ("desk.png", "image/png", len(content))
        receipt = await here.adapter.perform(FetchFile("f", "file", direct("alex"), file.reference, 1_000_000))
        assert receipt.content == content
        with pytest.raises(Refused):
            await here.adapter.perform(FetchFile("g", "file", direct("alex"), file.reference, 1_000))
        with pytest.raises(Gone):
            await here.adapter.perform(FetchFile("h", "file", direct("alex"), "sent:nothing", 1_000))
        assert here.failures == []
