"""The report of a pairing as its readers see it: in a browser, on a telephone, on paper, and read aloud."""

import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright

from bot.cli.given import read_kit
from bot.matchfile import Matched, paired, prepare
from bot.matchreport.page import report_html
from bot.simulate import Choices
from tests.form_samples import file_of as file_of_lines
from tests.form_samples import line_of
from tests.journeys.applicants import export

NASTY = "<script>document.title='broken'</script> & \"{{ 7 * 7 }}\" <img src=x onerror=alert(1)>"


def matched_of(data: bytes) -> Matched:
    return paired(prepare(read_kit("librarians"), data, (), Choices()))


@pytest.fixture(scope="module")
def ninety() -> str:
    return report_html(matched_of(export(seed=11, people=90)), "applicants.csv")


@pytest.fixture
async def page(chromium: str) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium, args=("--no-sandbox", "--disable-gpu", "--disable-background-networking")
        )
        yield await browser.new_page()
        await browser.close()


class Outline(HTMLParser):
    """The tags of a page, each with what it says of itself."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def each(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_it_needs_nothing_else(ninety: str) -> None:
    outline = Outline(ninety)
    assert not {"script", "link", "img", "iframe", "object"} & {tag for tag, _ in outline.tags}
    references = re.findall(r'(?:href|src)="([^"]*)"', ninety) + re.findall(r"url\(([^)]*)\)", ninety)
    assert [found for found in references if not found.startswith("#")] == []
    assert "@import" not in ninety


def test_pictures_can_be_read_aloud(ninety: str) -> None:
    outline = Outline(ninety)
    pictures = outline.each("svg")
    ids = [attributes["id"] for _, attributes in outline.tags if "id" in attributes]
    assert len(pictures) == 5 and len(ids) == len(set(ids))
    for picture in pictures:
        assert picture["role"] == "img"
        assert set((picture["aria-labelledby"] or "").split()) <= set(ids)
    assert len(re.findall(r"<title id=\"\w+-title\">[A-Z]", ninety)) == 5
    for words in re.findall(r"<desc id=\"\w+-words\">([^<]*)</desc>", ninety):
        assert re.search(r"\d", words)


def test_the_same_pairs_give_the_same_page(ninety: str) -> None:
    assert report_html(matched_of(export(seed=11, people=90)), "applicants.csv") == ninety


def test_what_people_wrote_is_shown_and_does_nothing() -> None:
    lines = [
        line_of(Name=NASTY, Email="one@example.org", Former=""),
        line_of(Name="=1+1", Email="two@example.org", Country="Chad", Former=""),
        line_of(Email="<em>@", Name="x"),
    ]
    text = report_html(matched_of(file_of_lines(*lines)), "<i>applicants</i>.csv")
    assert "&lt;script&gt;" in text and "{{ 7 * 7 }}" in text
    assert not {"script", "img"} & {tag for tag, _ in Outline(text).tags}
    assert "<i>applicants" not in text and "<b>@" not in text


@pytest.mark.parametrize("width", [360, 1280])
async def test_it_fits_every_screen(page: Page, ninety: str, tmp_path: Path, width: int) -> None:
    (tmp_path / "report.html").write_text(ninety, encoding="utf-8")
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda problem: problems.append(str(problem)))
    await page.set_viewport_size({"width": width, "height": 800})
    await page.goto((tmp_path / "report.html").as_uri())
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    smallest = await page.evaluate(
        "Math.min(...[...document.querySelectorAll('svg text')].map(t => t.getBoundingClientRect().height))"
    )
    assert smallest >= 9, "letters in pictures are large enough to read"
    outside = await page.evaluate(
        """[...document.querySelectorAll('svg')].flatMap(svg => {
            const frame = svg.getBoundingClientRect()
            return [...svg.querySelectorAll('text')].filter(t => {
                const box = t.getBoundingClientRect()
                return box.left < frame.left - 2 || box.right > frame.right + 2
            }).map(t => t.textContent)
        })"""
    )
    assert outside == [] and problems == []
    await page.screenshot(path=tmp_path / f"report-{width}.png", full_page=True)


async def test_it_can_be_printed(page: Page, ninety: str, tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text(ninety, encoding="utf-8")
    await page.goto((tmp_path / "report.html").as_uri())
    await page.emulate_media(media="print")
    hidden = "[...document.querySelectorAll('details td')].filter(cell => !cell.getBoundingClientRect().height).length"
    assert await page.evaluate(hidden) == 0, "what is folded away on the screen stands on paper"
    assert (await page.pdf(format="A4")).startswith(b"%PDF")
