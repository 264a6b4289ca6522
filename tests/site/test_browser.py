"""Every page in a real browser, over real HTTP: for whoever sees it small or large, dark or light, without scripts.

One browser for all of it. axe-core looks for what keeps people with disabilities out.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from bot.app import kit_of
from bot.site.pages import pages
from bot.site.writing import write_site
from bot.webserver import served
from tests.site.house import HOST, visited
from tests.site.sample import harmful, usual

_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
_WIDE, _NARROW = 1280, 360
"""Pixels: a desk, and a small telephone."""


@dataclass
class Seen:
    """What the browser complained about, and what it asked for."""

    complaints: list[str] = field(default_factory=list[str])
    asked: list[str] = field(default_factory=list[str])


@asynccontextmanager
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        found = await playwright.chromium.launch(executable_path=chromium, args=_ARGUMENTS)
        yield found
        await found.close()


@asynccontextmanager
async def page_of(found: Browser, **options: Any) -> AsyncIterator[tuple[Page, Seen]]:
    """A page that notes each complaint, failed request, and request to anywhere."""
    context = await found.new_context(**options)
    page, seen = await context.new_page(), Seen()
    page.on("console", lambda said: seen.complaints.append(said.text))
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    page.on("requestfailed", lambda request: seen.complaints.append(f"failed: {request.url}"))
    page.on("response", lambda answer: seen.complaints.append(answer.url) if answer.status >= 400 else None)
    page.on("request", lambda request: seen.asked.append(request.url))
    yield page, seen
    await context.close()


@asynccontextmanager
async def shown(folder: Path, files: Mapping[str, bytes]) -> AsyncIterator[tuple[str, list[str]]]:
    """A built site on a web server, below a path of its own. Yields its address, and the paths of its pages."""
    write_site(folder, files)
    app = Starlette(routes=[Mount("/site", StaticFiles(directory=folder, html=True))])
    async with served(app, HOST, 0, "{problem}") as port:
        yield f"http://{HOST}:{port}/site/", [name for name in files if name.endswith(".html")]


async def axe(page: Page) -> list[str]:
    """What axe-core finds wrong with a page; nothing may be."""
    found = await Axe().run(page)
    wrong: list[Mapping[str, Any]] = found.response["violations"]
    return [f"{page.url}: {each['id']}: {each['nodes'][0]['html'][:200]}" for each in wrong]


async def too_wide(page: Page, width: int) -> bool:
    return await page.evaluate("document.documentElement.scrollWidth") > width


@pytest.mark.parametrize("site", [usual, harmful])
async def test_every_page_is_fit_for_everybody(chromium: str, tmp_path: Path, site: Any) -> None:
    wrong: list[str] = []
    async with browser(chromium) as found, shown(tmp_path / "site", pages(site())) as (address, names):
        for width, scheme in ((_WIDE, "light"), (_NARROW, "dark")):
            size = {"width": width, "height": 800}
            async with page_of(found, viewport=size, color_scheme=scheme) as (page, seen):
                for name in names:
                    await page.goto(f"{address}{name}")
                    wrong += await axe(page)
                    if await too_wide(page, width):
                        wrong.append(f"{name} is wider than {width} pixels")
                assert seen.complaints == []
                assert [url for url in seen.asked if not url.startswith(address)] == []
    assert wrong == []


async def test_every_page_can_be_read_without_scripts_and_from_a_disk(chromium: str, tmp_path: Path) -> None:
    """Pages link to files, so that somebody can look at the folder before it is put on a server."""
    out = tmp_path / "site"
    write_site(out, pages(usual()))
    async with browser(chromium) as found, page_of(found, java_script_enabled=False) as (page, seen):
        await page.goto((out / "index.html").as_uri())
        for name in ("How to apply", "Stories", "Communications", "Results", "Volunteer", "Contact", "About"):
            await page.get_by_role("navigation").get_by_role("link", name=name, exact=True).click()
            assert await page.get_by_role("heading", level=1).count() == 1
            current = page.get_by_role("navigation").locator("[aria-current=page]")
            assert await current.inner_text() == name
        assert seen.complaints == []
        color = await page.locator("h2").first.evaluate("element => getComputedStyle(element).fontFamily")
        assert "Iowan" in color, "the styles are there"


async def test_the_keyboard_leads_past_the_menu_and_shows_where_it_is(chromium: str, tmp_path: Path) -> None:
    async with (
        browser(chromium) as found,
        shown(tmp_path / "site", pages(usual())) as (address, _),
        page_of(found) as (page, _seen),
    ):
        await page.goto(f"{address}apply/index.html")
        await page.keyboard.press("Tab")
        skip = page.get_by_role("link", name="Skip to the content")
        assert await skip.evaluate("element => element === document.activeElement")
        box = await skip.bounding_box()
        assert box is not None and box["y"] >= 0, "it can be seen when it is reached"
        await page.keyboard.press("Enter")
        assert await page.evaluate("document.activeElement.id") == "content"
        await page.keyboard.press("Tab")
        outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"


async def test_a_theme_changes_colours_and_nothing_is_loaded_for_it(chromium: str, tmp_path: Path) -> None:
    theme = ":root { --one: #123456; } body { background: url(https://elsewhere.example.org/x.png); }"
    files = pages(replace(usual(), theme=theme))
    async with (
        browser(chromium) as found,
        shown(tmp_path / "site", files) as (address, _),
        page_of(found, color_scheme="light") as (page, seen),
    ):
        await page.goto(f"{address}index.html")
        button = page.locator(".button").first
        shown_color = await button.evaluate("element => getComputedStyle(element).backgroundColor")
        assert shown_color == "rgb(18, 52, 86)"
        assert "failed: https://elsewhere.example.org/x.png" in seen.complaints
        assert [each for each in seen.complaints if "Content Security Policy" in each] != []


async def test_a_kits_own_theme_can_be_read_in_light_and_dark(chromium: str, tmp_path: Path) -> None:
    own = kit_of("teachers")["teachers"]
    files, wrong = pages(replace(usual(), kit=own, theme=own.theme)), list[str]()
    async with browser(chromium) as found, shown(tmp_path / "site", files) as (address, _):
        for scheme in ("light", "dark"):
            async with page_of(found, color_scheme=scheme) as (page, seen):
                for name in ("index.html", "apply/index.html", "results/index.html"):
                    await page.goto(f"{address}{name}")
                    wrong += await axe(page)
                assert seen.complaints == []
    assert wrong == []


async def test_print_leaves_out_what_is_no_use_on_paper(chromium: str, tmp_path: Path) -> None:
    async with (
        browser(chromium) as found,
        shown(tmp_path / "site", pages(usual())) as (address, _),
        page_of(found) as (page, _seen),
    ):
        await page.goto(f"{address}apply/index.html")
        await page.emulate_media(media="print")
        assert not await page.get_by_role("navigation").is_visible()
        assert await page.get_by_role("heading", level=1).is_visible()


async def test_the_served_site_in_the_same_browser(chromium: str) -> None:
    wrong: list[str] = []
    async with browser(chromium) as found, visited() as here:
        number = await here.story(text="Some words.\n\n" * 30)
        await here.announce("Something <new> for everybody")
        paths = ["", "apply/", "stories/", f"stories/{number}-two-towns/", "communications/", "results/", "volunteer/"]
        paths += ["contact/", "conduct/", "guidance/", "certificates/"]
        size = {"width": _NARROW, "height": 800}
        async with page_of(found, viewport=size) as (page, seen):
            for path in paths:
                await page.goto(f"{here.address}/site/{path}")
                wrong += await axe(page)
                assert not await too_wide(page, _NARROW)
                assert page.url == f"{here.address}/site/{path}"
            for link in await page.locator("a[href]").all():
                answer = await here.client.get(await link.evaluate("element => element.href"))
                assert answer.status_code in (200, 308)
            assert seen.complaints == []
        async with page_of(found, java_script_enabled=False) as (page, seen):
            await page.goto(f"{here.address}/site/")
            await page.get_by_role("main").get_by_role("link", name="How to apply").click()
            assert page.url == f"{here.address}/site/apply/"
            await here.certificate("ABCD-EFGH-JKMN")
            await page.get_by_role("link", name="Check a certificate").click()
            await page.get_by_label("The code of the certificate").fill("abcd efgh jkmn")
            await page.get_by_role("button", name="Check it").click()
            assert page.url == f"{here.address}/site/certificates/ABCD-EFGH-JKMN/"
            assert await page.get_by_text("Yes, this certificate is real.").is_visible()
            assert seen.complaints == []
    assert wrong == []
