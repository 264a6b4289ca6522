"""The two minutes of a visitor: the real demo, in a real browser, from the first question to the closing survey."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Locator, Page, async_playwright, expect

from tests.journeys.playground import playground

_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
_PATIENCE = 20_000
"""Milliseconds that anything may take on a busy machine."""
_SOON = 150
"""Milliseconds in which the page shows what a step brought."""


@dataclass
class Visit:
    """A browser at the playground, and the two seats that the visitor plays."""

    page: Page
    folder: Path
    pictures: int = 0

    @property
    def alex(self) -> Locator:
        """The participant's screen."""
        return self.page.get_by_role("region", name="Alex (you)")

    @property
    def coordinator(self) -> Locator:
        """The coordinator's screen."""
        return self.page.get_by_role("region", name="Coordinator (you)")

    async def picture(self, name: str) -> None:
        """A screenshot, to be looked at."""
        self.pictures += 1
        await self.page.screenshot(path=self.folder / f"{self.pictures:02d}-{name}.png")

    async def next(self) -> None:
        """Press Next, and wait until that is done."""
        button = self.page.get_by_role("button", name="Next")
        await expect(button).to_be_enabled(timeout=_PATIENCE)
        async with self.page.expect_response("**/clock") as answer:
            await button.click()
        assert (await answer.value).status == 200

    async def next_until(self, shown: Locator, most: int = 30) -> None:
        """Press Next until this is shown."""
        for _ in range(most):
            try:
                await expect(shown.first).to_be_visible(timeout=_SOON)
            except AssertionError:
                await self.next()
            else:
                return
        await self.picture("failed")
        raise AssertionError(f"{most} steps did not show {shown}")

    async def apply(self) -> int:
        """Answer each question by what it offers. Returns how many there were."""
        for count in range(40):
            message = self.alex.locator(".log > .message").last
            before = await message.get_attribute("data-ref")
            if not await _answer(message, self.alex):
                return count
            newer = self.alex.locator(f".log > .message:not([data-ref='{before}'])").last
            await expect(newer).to_be_visible(timeout=_PATIENCE)
            await expect(self.alex.locator(".log > .message.from-bot").last).not_to_have_attribute(
                "data-ref", before or ""
            )
        raise AssertionError("the questions do not end")

    async def says(self, screen: Locator, text: str) -> None:
        """Type a message and send it."""
        await screen.get_by_label("Message").fill(text)
        await screen.get_by_label("Message").press("Enter")


@asynccontextmanager
async def visit(chromium: str, folder: Path) -> AsyncGenerator[Visit]:
    failures: list[str] = []
    async with playground(folder) as running, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=_ARGUMENTS)
        page = await browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(_PATIENCE)
        page.on("pageerror", lambda error: failures.append(str(error)))
        page.on("console", lambda said: failures.append(said.text) if said.type == "error" else None)
        await page.goto(running.address)
        yield Visit(page, folder)
        await browser.close()
    assert failures == []


async def _answer(message: Locator, screen: Locator) -> bool:
    """Answer one question. False where the message asks nothing."""
    asked = await message.inner_text()
    names = [name.strip() for name in await message.get_by_role("button").all_inner_texts()]
    if await message.locator("form.checks").count():
        await message.get_by_role("checkbox").first.check()
        await message.get_by_role("button", name="Send").click()
    elif await message.locator("select").count():
        await message.locator("select").select_option(index=1)
        await message.get_by_role("button", name="Send").click()
    elif "In which country" in asked:
        await message.get_by_role("textbox").fill("Portugal")
        await message.get_by_role("textbox").press("Enter")
    elif pick := next((name for name in ("Submit", "Yes", "Skip") if name in names), ""):
        await message.get_by_role("button", name=pick, exact=True).click()
    elif names and names != ["Back"]:
        await message.get_by_role("button", name=names[0], exact=True).click()
    elif names:
        # A long list of choices is answered by its numbers.
        await screen.get_by_label("Message").fill("1, 3, 5")
        await screen.get_by_label("Message").press("Enter")
    else:
        return False
    return True


async def test_the_two_minute_story(chromium: str, tmp_path: Path) -> None:
    async with visit(chromium, tmp_path) as here:
        page, alex, desk = here.page, here.alex, here.coordinator
        await here.picture("welcome")

        await alex.get_by_role("tab", name="Hall").click()
        await alex.get_by_role("button", name="Apply").click()
        await expect(alex.get_by_text("In which country do you live?")).to_be_visible()
        assert await here.apply() >= 13
        await expect(alex.get_by_text("you have a place in")).to_be_visible()
        await here.picture("applied")

        for _ in range(3):
            await here.next()
        await here.says(desk, "/mentoring round close")
        await desk.get_by_role("tab", name="Desk").click()
        approve = desk.get_by_role("button", name="Approve")
        await expect(approve).to_be_visible(timeout=_PATIENCE)
        await expect(desk.get_by_text("Different countries.").first).to_be_visible()
        await here.picture("proposal")
        await approve.click()
        await expect(desk.get_by_text("approved proposal 1")).to_be_visible(timeout=_PATIENCE)

        room = alex.locator("[role=tab][data-place^='room/']")
        await here.next_until(room)
        await room.click()
        await expect(alex.get_by_text("You are partners in")).to_be_visible()
        await expect(alex.get_by_text("Getting to know you").first).to_be_visible()
        await here.picture("introduction")

        # Alex says nothing: that is asked about in private, and then it is for the coordinators.
        await alex.get_by_role("tab", name="Bot").click()
        await here.next_until(alex.get_by_text("you have not written there yet"))
        await here.picture("nudge")
        case = desk.locator(".message").filter(has_text="Alex (you)").filter(has_text="has not written")
        await here.next_until(case)
        button = case.get_by_role("button", name="Write to both").last
        await expect(button).to_be_visible()
        await here.picture("case")
        await button.click()
        await room.click()
        await expect(alex.get_by_text("who coordinates this program")).to_be_visible(timeout=_PATIENCE)
        await here.says(alex, "Hello! I am sorry to be late.")
        await expect(alex.get_by_text("I am sorry to be late")).to_be_visible()

        await here.next_until(alex.get_by_text("Topic 3"))
        await here.picture("topics")
        await alex.get_by_role("tab", name="Bot").click()
        await here.next_until(alex.get_by_text("Looking back on the round"), most=60)
        await here.picture("survey")
        await here.next_until(desk.get_by_text("lasted to the end"), most=20)
        await expect(page.locator("#stages li").last).to_have_class("done")
        await here.picture("end")
