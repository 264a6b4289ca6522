"""The report as a page and as a paper, as their readers have them."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import async_playwright
from pypdf import PdfReader

from bot.evaluation.history import RoundHistory
from bot.roundreport.contents import contents_of
from bot.roundreport.page import report_html
from bot.roundreport.paper import report_pdf
from tests.evaluation.invented import empty, history, of_one_pair

NOW = datetime(2028, 1, 4, 10, 15, tzinfo=UTC)
EARLIER = (history(90, 2, number=0, name="Spring 2027"),)
NASTY = '<script>alert(1)</script> & "{{ 7 * 7 }}" <img src=x onerror=alert(1)> $x$'


def page_of(found: RoundHistory, earlier: tuple[RoundHistory, ...] = (), findings: tuple[str, ...] = ()) -> str:
    return report_html(contents_of(found, earlier, NOW, findings))


def paper_of(found: RoundHistory, earlier: tuple[RoundHistory, ...] = (), findings: tuple[str, ...] = ()) -> PdfReader:
    return PdfReader(BytesIO(report_pdf(contents_of(found, earlier, NOW, findings), NOW)))


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


@pytest.fixture(scope="module")
def page() -> str:
    return page_of(history(150), EARLIER, ("Similar interests go with satisfaction.",))


def test_it_needs_nothing_else(page: str) -> None:
    outline = Outline(page)
    assert not {"script", "link", "iframe", "object", "svg"} & {tag for tag, _ in outline.tags}
    references = re.findall(r'(?:href|src)="([^"]*)"', page) + re.findall(r"url\(([^)]*)\)", page)
    assert references and all(found.startswith(("#", "data:image/png;base64,")) for found in references)
    assert "@import" not in page and "http" not in page


def test_pictures_can_be_read_aloud_and_their_numbers_stand_below(page: str) -> None:
    outline = Outline(page)
    pictures = outline.each("img")
    assert len(pictures) == 11 and all(re.search(r"\d", each["alt"] or "") for each in pictures)
    assert len(outline.each("table")) == 11 and len(outline.each("details")) == 11
    assert all(each["scope"] in ("row", "col") for each in outline.each("th"))
    ids = [attributes["id"] for _, attributes in outline.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    linked = {(each["href"] or "")[1:] for each in outline.each("a")}
    assert linked == set(ids) == {each["aria-labelledby"] for each in outline.each("section")}


def test_it_says_what_it_is_and_when_it_was_made(page: str) -> None:
    assert "<h1>Autumn 2027</h1>" in page and "Librarians across borders" in page and '<html lang="en">' in page
    assert "Made on Tuesday 4 January 2028, 10:15 UTC." in page and "(days in UTC)" in page
    assert "<b>150</b> people applied" in page
    assert "Similar interests go with satisfaction." in page
    for word in ("Eligible", "Placed", "Live", "Completed", "Interval"):
        assert f"<dt>{word}</dt>" in page


def test_names_from_a_kit_are_words_and_nothing_else() -> None:
    found = replace(history(150), program=NASTY, name=NASTY, titles={"closing.program": NASTY})
    text = page_of(found, findings=(NASTY,))
    outline = Outline(text)
    assert not outline.each("script") and all(not (each["src"] or "").startswith("x") for each in outline.each("img"))
    assert "{{ 7 * 7 }}" in text
    assert NASTY[:20] in paper_of(found).pages[0].extract_text()


def test_the_paper_opens_with_its_title_its_words_and_its_pictures() -> None:
    paper = paper_of(history(150), EARLIER, ("Similar interests go with satisfaction.",))
    assert paper.metadata is not None
    assert paper.metadata.title == "Librarians across borders: Autumn 2027"
    assert paper.metadata.creation_date == NOW
    assert 8 <= len(paper.pages) <= 15
    assert all(
        abs(float(page.mediabox.width) - 595) < 1 and abs(float(page.mediabox.height) - 842) < 1 for page in paper.pages
    )
    text = "\n".join(page.extract_text() for page in paper.pages)
    assert "Made on Tuesday 4 January 2028, 10:15 UTC." in text and "Similar interests go" in text
    assert f"1 / {len(paper.pages)}" in paper.pages[0].extract_text()
    assert sum(len(page.images) for page in paper.pages) == 11
    outline = [str(each["/Title"]) for each in paper.outline if not isinstance(each, list)]
    assert (
        outline[0] == "How far people came" and outline[-1] == "The numbers behind the pictures" and len(outline) == 14
    )


def test_pictures_on_paper_have_alternative_texts() -> None:
    contents = contents_of(history(150), EARLIER, NOW)
    paper = PdfReader(BytesIO(report_pdf(contents, NOW)))
    told = _alternatives(paper.trailer["/Root"]["/StructTreeRoot"])  # type: ignore[index] - it is a dictionary
    assert told == {drawn.alt for drawn in contents.pictures}


def _alternatives(node: object) -> set[str]:
    found: set[str] = set()
    node = node.get_object() if hasattr(node, "get_object") else node  # type: ignore[union-attr] - a reference has it
    if isinstance(node, list):
        for each in node:
            found |= _alternatives(each)
    elif isinstance(node, dict):
        if "/Alt" in node:
            found.add(str(node["/Alt"]))
        if "/K" in node:
            found |= _alternatives(node["/K"])
    return found


@pytest.mark.parametrize(("found", "pictures"), [(empty(), 0), (of_one_pair(), 1)], ids=("nobody", "one pair"))
def test_a_round_of_which_there_is_little_to_tell(found: RoundHistory, pictures: int) -> None:
    text = page_of(found)
    assert len(Outline(text).each("img")) == pictures
    assert ("Nobody has applied yet." in text) == (pictures == 0)
    paper = paper_of(found)
    assert 1 <= len(paper.pages) <= 4 and sum(len(page.images) for page in paper.pages) == pictures
    assert "Beside earlier rounds" not in text


def test_what_is_told_of_nobody_by_itself_is_in_no_form() -> None:
    """Four people from Tuvalu: neither the page nor the paper knows of it."""
    usual = history(150)
    people = tuple(replace(person, country="TV") if person.key < 4 else person for person in usual.people)
    pairs = tuple(
        replace(
            pair,
            countries=tuple("TV" if m.person < 4 else c for m, c in zip(pair.members, pair.countries, strict=True)),
        )
        for pair in usual.pairs
    )
    found = replace(usual, people=people, pairs=pairs)
    assert "Tuvalu" not in page_of(found)
    assert "Tuvalu" not in "".join(page.extract_text() for page in paper_of(found).pages)


async def test_a_browser_finds_nothing_wrong_with_it(tmp_path: Path, chromium: str) -> None:
    """Wide and on a telephone, with its tables open: no complaint, no request, nothing that axe-core minds."""
    text = page_of(history(150), EARLIER, ("Similar interests go with satisfaction.",))
    (tmp_path / "report.html").write_text(text, encoding="utf-8")
    asked: list[str] = []
    async with async_playwright() as playwright:
        arguments = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
        browser = await playwright.chromium.launch(executable_path=chromium, args=arguments)
        page = await browser.new_page()
        page.on("console", lambda said: asked.append(said.text))
        page.on("request", lambda request: asked.append(request.url))
        await page.goto((tmp_path / "report.html").as_uri())
        for details in await page.locator("details").all():
            await details.evaluate("each => { each.open = true }")
        for width in (1_000, 360):
            await page.set_viewport_size({"width": width, "height": 900})
            assert await page.evaluate("document.documentElement.scrollWidth") <= width
            found: Any = (await Axe().run(page)).response
            assert [each["id"] for each in found["violations"]] == []
        await browser.close()
    assert [each for each in asked if not each.startswith(("file:", "data:image/png"))] == []
