"""The site as the bot serves it: always what the rows say, made as seldom as can be, and locked down."""

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.site.serving import FRESH
from bot.site.web import site_served
from bot.webserver import CannotListen
from storage.certificates import Certificate
from storage.communications import Announcement
from storage.database import Database
from storage.people import Community, Program
from storage.rounds import Application, Round
from storage.stories import Story
from tests.site.house import HOST, Visited, visited
from tests.site.sample import kit, parsed
from topics.model import Site

CODE = "ABCD-EFGH-JKMN"


@pytest.fixture
async def here() -> AsyncIterator[Visited]:
    async with visited() as visit:
        yield visit


async def test_each_path_leads_to_its_page_and_each_page_has_one_path(here: Visited) -> None:
    first = await here.get()
    assert first.status_code == 200 and first.headers["content-type"] == "text/html; charset=utf-8"
    assert parsed(first.content).findtext("head/title") == "Librarians Across Borders"
    for path, target in (("apply", "./apply/"), ("index.html", "./"), ("apply/index.html", "./")):
        answer = await here.get(path)
        assert (answer.status_code, answer.headers["location"]) == (308, target)
    assert (await here.get("apply/")).status_code == 200
    assert (await here.client.get("/site")).headers["location"].endswith("/site/")
    assert (await here.client.get("/")).headers["location"] == "./site/"
    for name, kind in (("style.css", "text/css"), ("icon.svg", "image/svg+xml"), ("feed.xml", "application/xml")):
        assert (await here.get(name)).headers["content-type"].startswith(kind)


@pytest.mark.parametrize(
    "path", ["nothing", "apply/nothing", "404.html", "..%2f..%2fetc/passwd", "%00", "programs/99/", "x" * 5000]
)
async def test_what_is_not_there_is_said_to_be_missing(here: Visited, path: str) -> None:
    answer = await here.get(path)
    assert answer.status_code == 404
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    if not path.startswith("programs"):
        assert parsed(answer.content).findtext("body/main/div/div/h1") == "This page does not exist"
        assert b'href="/site/style.css"' in answer.content, "wherever it is shown"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_nothing_can_be_sent_to_it(here: Visited, method: str) -> None:
    assert (await here.client.request(method, "/site/")).status_code == 405


async def test_each_answer_is_locked_down(here: Visited) -> None:
    for path in ("", "style.css", "nothing", "apply"):
        headers = (await here.get(path)).headers
        assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'; img-src 'self'")
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")
        assert headers["cache-control"] == "no-cache"
        assert "set-cookie" not in headers


async def test_what_a_visitor_has_already_is_not_sent_again(here: Visited) -> None:
    first = await here.get()
    tag = first.headers["etag"]
    for known in (tag, tag.removeprefix("W/"), f'"x", {tag}', "*"):
        again = await here.get(**{"if-none-match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert (await here.get(**{"if-none-match": '"x"'})).status_code == 200
    await here.change(Round, 1, name="Another name", state="planned", closes_at=here.house.clock.now() + FRESH)
    changed = await here.get(**{"if-none-match": tag})
    assert changed.status_code == 200 and "Another name" in changed.text


async def test_a_story_is_there_as_soon_as_it_is_published_and_gone_as_soon_as_it_is_taken_down(here: Visited) -> None:
    assert "No story is here yet" in (await here.get("stories/")).text
    number = await here.story()
    path = f"stories/{number}-two-towns/"
    assert "Ana, Kenya" in (await here.get("stories/")).text
    page = await here.get(path)
    assert page.status_code == 200 and f"{number}-two-towns" in (await here.get("feed.xml")).text
    await here.change(Story, number, state="withdrawn")
    assert (await here.get(path, **{"if-none-match": page.headers["etag"]})).status_code == 404
    for each in ("stories/", "feed.xml", ""):
        assert "Two towns" not in (await here.get(each)).text and "Ana" not in (await here.get(each)).text


@pytest.mark.parametrize("field", ["edited", "edited_title", "signed"])
async def test_a_changed_story_is_shown_changed(here: Visited, field: str) -> None:
    number = await here.story()
    before = (await here.get("stories/")).text
    await here.change(Story, number, **{field: "Something else"})
    after = (await here.get("stories/")).text
    assert "Something else" not in before and "Something else" in after


async def test_announcements_to_everybody_are_news_until_they_are_called_off(here: Visited) -> None:
    await here.announce("To all of you <b>")
    await here.announce("To one country", audience="country", country="KE")
    await here.announce("A draft", state="draft", sent_at=None)
    told = (await here.get("communications/")).text
    assert "To all of you &lt;b&gt;" in told and "To one country" not in told and "A draft" not in told
    await here.change(Announcement, 1, state="called_off")
    assert "To all of you" not in (await here.get("communications/")).text


async def test_a_kit_can_keep_announcements_to_itself() -> None:
    async with visited({"librarians": replace(kit(), site=Site(announcements=False))}) as here:
        await here.announce("To all of you")
        assert "To all of you" not in (await here.get("communications/")).text


async def test_pages_are_made_once_until_something_changes(here: Visited) -> None:
    for path in ("", "apply/", "style.css", "nothing"):
        await here.get(path)
    assert here.site.builds == 1
    here.house.clock.set(here.house.clock.now() + FRESH)
    await here.get()
    assert here.site.builds == 1, "rows were read anew, and tell the same"
    await here.story()
    await here.get()
    assert here.site.builds == 2


async def test_however_many_ask_pages_are_made_once(here: Visited) -> None:
    answers = await asyncio.gather(*(here.get() for _ in range(40)))
    assert {answer.status_code for answer in answers} == {200}
    assert here.site.builds == 1
    assert here.site.looks <= 3, "whoever waits while somebody looks shares the next look"


async def test_time_alone_opens_and_closes_a_round(here: Visited) -> None:
    now = here.house.clock.now()
    opens, closes = now + timedelta(minutes=5), now + timedelta(days=1)
    await here.change(Round, 1, state="planned", opens_at=opens, closes_at=closes)
    assert "Applications open on" in (await here.get()).text
    assert "Invite others" in (await here.get("communications/")).text
    here.house.clock.set(opens)
    assert "Applications are open until" in (await here.get()).text
    assert "They can apply until" in (await here.get("communications/")).text
    here.house.clock.set(closes)
    assert "Applications are closed" in (await here.get()).text
    assert "Nobody can apply at the moment" in (await here.get("communications/")).text


async def test_results_of_a_round_that_is_over_are_those_of_the_evaluation(here: Visited) -> None:
    for number in range(10):
        await here.house.person(f"somebody{number}")
    async with here.house.turn() as turn:
        for application in [await turn.get(Application, number) for number in (3, 4, 5, 6, 7)]:
            application.status = "ineligible"
    assert "No round is over yet" in (await here.get("results/")).text
    await here.change(Round, 1, state="ended")
    told = " ".join(" ".join(parsed((await here.get("results/")).content).itertext()).split())
    assert "12 people applied from 5 countries" in told
    assert "could take part 7 58" in told and "met a partner fewer than 5" in told
    assert "the next round has no dates yet" in (await here.get()).text


async def test_the_site_of_each_program_has_its_place() -> None:
    gardeners = replace(kit(), slug="gardeners", name="Gardeners")
    async with visited({"librarians": kit(), "gardeners": gardeners}) as here:
        await here.story()
        async with here.house.turn() as turn:
            await turn.add(Program(community_id=1, kit="gardeners", name="Gardeners"))
            await turn.add(Program(community_id=1, kit="elsewhere", name="Elsewhere"))
        assert "Librarians Across Borders" in (await here.get()).text
        second = await here.get("programs/2/")
        assert parsed(second.content).findtext("head/title") == "Gardeners"
        assert "Two towns" not in (await here.get("programs/2/stories/")).text
        lost = await here.get("programs/2/nothing")
        assert lost.status_code == 404 and b'href="/site/programs/2/style.css"' in lost.content
        assert (await here.get("programs/3/")).status_code == 404, "its kit is not at hand"


async def test_a_certificate_is_confirmed_however_its_code_is_typed(here: Visited) -> None:
    await here.certificate(CODE, name="Ana <b>Example</b>")
    form = await here.get("certificates/")
    assert '<form action="../certificates/" method="get"' in form.text
    for asked in (
        f"?code={CODE}",
        "?code=abcd+efgh+jkmn",
        "?code=%20ABCDEFGHJKMN",
        CODE,
        "abcdefghjkmn/",
        "abcdefghjkmn",
    ):
        answer = await here.client.get(f"/site/certificates/{asked}", follow_redirects=True)
        assert (answer.status_code, answer.url.path) == (200, f"/site/certificates/{CODE}/"), asked
        assert "Yes, this certificate is real." in answer.text and "Ana &lt;b&gt;Example&lt;/b&gt;" in answer.text
        assert "Tuesday 29 December 2026" in answer.text
        assert '<meta name="robots" content="noindex">' in answer.text


@pytest.mark.parametrize(
    "asked",
    [
        "ZZZZ-ZZZZ-ZZZZ/",
        "?code=ZZZZ-ZZZZ-ZZZZ",
        "?code=<script>alert(1)</script>",
        "?code=" + "A" * 3000,
        "%27%20OR%201=1--/",
        "ABCD/EFGH/JKMN/",
        "../ABCD",
        "?code=..",
    ],
)
async def test_a_code_that_was_made_up_is_not_confirmed(here: Visited, asked: str) -> None:
    await here.certificate(CODE)
    await here.certificate("ZZZZ-ZZZZ-ZZZZ", person_id=3, state="asked", issued_at=None)
    answer = await here.client.get(f"/site/certificates/{asked}", follow_redirects=True)
    assert answer.status_code == 404 and "<script" not in answer.text and "Ana" not in answer.text
    if "ABCD" not in asked or "/EFGH" in asked:
        assert "No certificate has this code." in answer.text


async def test_a_certificate_of_somebody_who_was_forgotten_is_gone_at_once(here: Visited) -> None:
    await here.certificate(CODE)
    first = await here.get(f"certificates/{CODE}/")
    async with here.house.turn() as turn:
        await turn.session.delete(await turn.get(Certificate, 1))
    again = await here.get(f"certificates/{CODE}/", **{"if-none-match": first.headers["etag"]})
    assert (first.status_code, again.status_code) == (200, 404) and "Ana" not in again.text


async def test_on_postgresql_the_site_tells_the_same(postgresql: Database) -> None:
    async with visited(database=postgresql) as here:
        number = await here.story()
        await here.announce("To all of you")
        await here.certificate(CODE)
        await here.change(Round, 1, state="ended")
        assert "Two towns" in (await here.get("stories/")).text
        assert "To all of you" in (await here.get("communications/")).text
        assert "Fewer than 5 people took part" in (await here.get("results/")).text
        assert (await here.get(f"certificates/{CODE}/")).status_code == 200
        await here.change(Story, number, state="withdrawn")
        assert "Two towns" not in (await here.get("stories/")).text


async def test_without_a_program_there_is_nothing(here: Visited) -> None:
    await here.get()
    await here.change(Community, 1, gone_at=here.house.clock.now())
    answer = await here.get()
    assert (answer.status_code, answer.text) == (404, "There is no program here.\n")


async def test_when_the_database_fails_the_visitor_hears_of_it_and_nothing_old_is_shown(here: Visited) -> None:
    assert (await here.get()).status_code == 200
    async with here.house.turn() as turn:
        await (await turn.session.connection()).execute(text("ALTER TABLE story RENAME TO elsewhere"))
    answer = await here.get()
    assert (answer.status_code, "try again" in answer.text) == (503, True)
    async with here.house.turn() as turn:
        await (await turn.session.connection()).execute(text("ALTER TABLE elsewhere RENAME TO story"))
    assert (await here.get()).status_code == 200


async def test_an_address_that_is_taken_is_said_in_words(here: Visited) -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotListen, match=f"port {port} .*COUNTERPART_PORT"):
            async with site_served(here.site, HOST, port):
                pass
        async with site_served(here.site, HOST, port, wanted=False) as nothing:
            assert nothing == 0
