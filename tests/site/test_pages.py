"""The pages of the site: good HTML, whatever was written into them; links that lead somewhere; no small groups."""

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from urllib.parse import urlsplit

import pytest

from bot.evaluation.history import Funnel
from bot.program.stories_public import PublishedPicture
from bot.site.facts import Phase, SiteFacts, phase_of
from bot.site.pages import Files, certificate_page, pages
from tests.site.sample import ADDRESS, HARM, PNG, begun, confirmed, harmful, kit, parsed, past, round_now, story, usual
from topics.model import Site

SITES: dict[str, Callable[[], SiteFacts]] = {"usual": usual, "begun": begun, "harmful": harmful}
EVERY = pytest.mark.parametrize("made", SITES.values(), ids=SITES)


def html_files(files: Files) -> dict[str, bytes]:
    return {name: data for name, data in files.items() if name.endswith(".html")}


def words(page: bytes) -> str:
    """All that can be read on a page, each run of white space as one space."""
    return " ".join(" ".join(parsed(page).itertext()).split())


def led_to(files: Files, name: str) -> Iterator[tuple[str, str]]:
    """Each address that a page names within the site, and the file that it leads to."""
    for element in parsed(files[name]).iter():
        for attribute in ("href", "src", "action"):
            url = element.get(attribute)
            if url is None or urlsplit(url).scheme or url.startswith("#"):
                continue
            path = urlsplit(url).path
            root = urlsplit(ADDRESS).path
            beside = posixpath.join(posixpath.dirname(name), path)
            whole = posixpath.relpath(path, root) if path.startswith("/") else beside
            found = posixpath.normpath(whole).removeprefix("./")
            if path.endswith("/") or not path:
                found = posixpath.normpath(posixpath.join(found, "index.html"))
            yield url, found


@EVERY
def test_the_same_facts_give_the_same_bytes(made: Callable[[], SiteFacts]) -> None:
    assert pages(made()) == pages(made())


@EVERY
def test_each_page_is_html_with_one_heading_and_a_title_of_its_own(made: Callable[[], SiteFacts]) -> None:
    titles: Counter[str] = Counter()
    headings: Counter[str] = Counter()
    for name, data in html_files(pages(made())).items():
        page = parsed(data)
        assert page.get("lang") == "en", name
        titles[page.findtext("head/title") or ""] += 1
        found = list(page.iter("h1"))
        assert len(found) == 1, name
        headings["".join(found[0].itertext())] += 1
        assert [each.tag for each in page.iter() if each.tag in ("header", "nav", "main", "footer")] == [
            *("header", "nav", "main", "footer")
        ], name
        described = [each.get("content") for each in page.iter("meta") if each.get("name") == "description"]
        assert len(described) == 1 and described[0], name
    assert max(titles.values()) == 1 and max(headings.values()) == 1


@EVERY
def test_headings_go_down_one_step_at_a_time(made: Callable[[], SiteFacts]) -> None:
    for name, data in html_files(pages(made())).items():
        levels = [int(each.tag[1]) for each in parsed(data).iter() if re.fullmatch(r"h[1-6]", str(each.tag))]
        assert levels[0] == 1, name
        assert all(after <= before + 1 for before, after in pairwise(levels)), (name, levels)


@EVERY
@pytest.mark.parametrize("served", [False, True])
def test_each_link_within_the_site_leads_to_a_file(made: Callable[[], SiteFacts], served: bool) -> None:
    facts = replace(made(), served=served, mount="/site/") if served else made()
    files = pages(facts)
    broken = [
        (name, url)
        for name in html_files(files)
        for url, found in led_to(files, name)
        if found not in files and not (facts.mount == "/" and not facts.address)
    ]
    assert broken == []


def test_each_page_but_that_of_a_certificate_is_reached_from_the_first() -> None:
    files = pages(usual())
    seen, waiting = {"index.html"}, ["index.html"]
    while waiting:
        for _, found in led_to(files, waiting.pop()):
            if found not in seen:
                seen.add(found)
                waiting += [found] if found.endswith(".html") else []
    apart = {"404.html", "robots.txt", "sitemap.xml", "certificates/ABCD-EFGH-JKMN/index.html"}
    assert set(files) - seen == apart


def test_whatever_somebody_writes_is_words() -> None:
    files = pages(harmful())
    for name, data in html_files(files).items():
        for element in parsed(data).iter():
            if not isinstance(element.tag, str):
                continue
            assert element.tag not in ("script", "iframe", "object", "embed", "style", "base"), name
            assert not [key for key in element.attrib if key.startswith("on") or key == "style"], name
            url = element.get("href") or element.get("src") or element.get("action") or ""
            assert urlsplit(url).scheme in ("", "https", "http", "mailto"), (name, url)
            assert not url.startswith("//"), (name, url)
            assert element.tag != "img" or element.get("src", "").endswith("picture.png")
    told = words(files["stories/2-two-towns-one-map/index.html"])
    assert " ".join(HARM.split()) in told, "it is shown as it was written"
    assert "{{ 7*7 }}" in told and "49" not in told
    assert b"\x00" not in files["feed.xml"] and b"<script" not in files["feed.xml"]


@EVERY
def test_nothing_is_loaded_from_elsewhere_and_nothing_runs(made: Callable[[], SiteFacts]) -> None:
    files = pages(made())
    for name, data in html_files(files).items():
        page = parsed(data)
        loaded = [each.get("src") or each.get("href") or "" for each in page.iter() if each.tag in ("img", "link")]
        outside = [url for url in loaded if urlsplit(url).scheme and not url.startswith(ADDRESS)]
        assert outside == [], name
        assert b"<script" not in data.lower()
        policy = next(each.get("content") for each in page.iter("meta") if each.get("http-equiv"))
        assert policy is not None and policy.startswith("default-src 'none'; style-src 'self'"), name
        assert "script" not in policy
    assert b"@import" not in files["style.css"] and b"url(" not in files["style.css"]


@pytest.mark.parametrize(
    ("phase", "sentence", "absent"),
    [
        ("open", "Applications are open until Sunday 1 August 2027 (end of the day, UTC).", "Join the community now"),
        ("planned", "Applications open on Thursday 1 July 2027", "Join the community now"),
        ("running", "Applications are closed at the moment.", "There are 120 places"),
    ],
)
def test_the_first_pages_say_where_the_round_is(phase: Phase, sentence: str, absent: str) -> None:
    files = pages(replace(usual(), round=round_now(phase=phase)))
    for name in ("index.html", "apply/index.html"):
        assert sentence in words(files[name]) and absent not in words(files[name])
    assert "Applications close Sunday 1 August 2027 (end of the day, UTC)" in words(files["apply/index.html"])


def test_without_a_round_the_site_says_how_to_be_told() -> None:
    files = pages(begun())
    for name in ("index.html", "apply/index.html"):
        assert "the next round has no dates yet" in words(files[name]) and "you are told" in words(files[name])
    assert "No story is here yet." in words(files["stories/index.html"])
    assert "No round is over yet." in words(files["results/index.html"])
    assert "There is no news" in words(files["communications/index.html"])
    assert "sitemap.xml" not in files


def test_how_to_apply_comes_from_the_kit_and_the_round() -> None:
    told = words(pages(usual())["apply/index.html"])
    for question in kit().questions:
        assert question.prompt in told
    assert "Are you fluent in English? Yes Partners write and talk in English." in told
    assert "There are 120 places." in told and "At most 25 % of the places go to one country" in told
    order = [
        "lives in another country.",
        "that you wished for (type of library)",
        "(interests)",
        "09:00 to 17:00",
    ]
    assert [told.index(each) for each in order] == sorted(told.index(each) for each in order)
    plain = pages(replace(usual(), kit=replace(kit(), questions=kit().questions[:3], wishes=())))["apply/index.html"]
    assert "Everybody can take part." in words(plain)


@pytest.mark.parametrize(
    ("state", "now", "phase"),
    [
        ("planned", datetime(2027, 6, 30, 23, 59, tzinfo=UTC), "planned"),
        ("open", datetime(2027, 7, 1, tzinfo=UTC), "open"),
        ("planned", datetime(2027, 7, 1, tzinfo=UTC), "open"),
        ("open", datetime(2027, 8, 1, 23, 59, tzinfo=UTC), "open"),
        ("open", datetime(2027, 8, 2, tzinfo=UTC), "running"),
        ("closed", datetime(2027, 7, 15, tzinfo=UTC), "running"),
        ("running", datetime(2027, 10, 1, tzinfo=UTC), "running"),
        ("ended", datetime(2027, 7, 15, tzinfo=UTC), None),
    ],
)
def test_the_phase_is_what_an_applicant_can_do(state: str, now: datetime, phase: Phase | None) -> None:
    assert phase_of(state, round_now().opens_at, round_now().closes_at, now) == phase


def test_numbers_of_a_past_round_are_told_and_small_groups_are_not() -> None:
    told = words(pages(replace(usual(), past=(past(),)))["results/index.html"])
    assert "150 people applied from 5 countries. 90 stayed to the end, which is 60 % of all." in told
    assert "had a place 130 87" in told
    assert "met a partner nearly as many" in told, "two fewer than had a place"
    assert "wrote to each other 110" in told and "stayed to the end 90" in told
    assert "Portugal" not in told and "Japan" not in told
    assert "Brazil 60" in told and "Other countries 9" in told
    few = words(pages(replace(usual(), past=(past(funnel=Funnel(4, 4, 4, 4, 2, 2)),)))["results/index.html"])
    assert "Fewer than 5 people took part" in few and "Brazil" not in few


def test_a_small_last_group_is_put_into_words() -> None:
    told = words(pages(replace(usual(), past=(past(funnel=Funnel(60, 50, 40, 30, 20, 3)),)))["results/index.html"])
    assert "stayed to the end fewer than 5" in told


def test_a_story_that_is_gone_leaves_nothing() -> None:
    before, after = pages(usual()), pages(replace(usual(), stories=()))
    gone = {name for name in before if name not in after}
    assert gone == {
        *("stories/1/index.html", "stories/2-two-towns-one-map/index.html", "stories/2-two-towns-one-map/picture.png")
    }
    assert not [name for name, data in after.items() if b"Two towns" in data or b"Ana, Kenya" in data]
    assert before["stories/2-two-towns-one-map/picture.png"] == PNG


@pytest.mark.parametrize(
    ("media_type", "name"),
    [("image/png", "png"), ("image/jpeg", "jpg"), ("image/webp", "webp"), ("image/svg+xml", ""), ("text/html", "")],
)
def test_only_pictures_that_run_nothing_are_shown(media_type: str, name: str) -> None:
    files = pages(replace(usual(), stories=(story(slug="5-a", picture=PublishedPicture(PNG, media_type, "A map")),)))
    made = [each for each in files if each.startswith("stories/5-a/picture")]
    assert made == ([f"stories/5-a/picture.{name}"] if name else [])
    for page in ("stories/index.html", "stories/5-a/index.html"):
        assert [each.get("alt") for each in parsed(files[page]).iter("img")] == (["A map"] if name else [])


def test_stories_of_one_name_have_titles_of_their_own() -> None:
    files = pages(replace(usual(), stories=(story(slug="5-a"), story(slug="4-a"))))
    titles = {parsed(files[f"stories/{slug}/index.html"]).findtext("head/title") for slug in ("5-a", "4-a")}
    assert len(titles) == 2


def test_a_certificate_is_confirmed_on_a_page_that_search_engines_leave_out() -> None:
    files = pages(usual())
    page = files["certificates/ABCD-EFGH-JKMN/index.html"]
    told = words(page)
    assert "Yes, this certificate is real." in told and "Ana Example" in told and "Tuesday 29 December 2026" in told
    assert b'<meta name="robots" content="noindex">' in page and b"canonical" not in page
    assert b"ABCD" not in files["sitemap.xml"]
    assert not [name for name, data in files.items() if b"ABCD" in data and not name.startswith("certificates/ABCD")]
    assert f"{ADDRESS}certificates/CODE/" in words(files["certificates/index.html"])
    assert "<form" not in files["certificates/index.html"].decode()
    served = pages(replace(usual(), served=True, mount="/site/"))["certificates/index.html"].decode()
    assert '<form action="../certificates/" method="get"' in served


def test_a_code_that_nobody_issued_gets_the_same_page_with_another_answer() -> None:
    yes, no = certificate_page(usual(), "ABCD", confirmed()), certificate_page(usual(), HARM[:60], None)
    assert "No certificate has this code." in words(no) and HARM[:20] in words(no)
    assert parsed(no).findtext("body/main/div/div/h1") == f"Certificate {HARM[:60]}"
    assert [each.tag for each in parsed(no).iter("dl")] == [each.tag for each in parsed(yes).iter("dl")]


def test_a_theme_comes_after_the_own_styles() -> None:
    styles = pages(replace(usual(), theme=":root { --one: #123456; }"))["style.css"].decode()
    assert styles.endswith("/* The theme */\n:root { --one: #123456; }\n")
    assert styles.startswith(pages(usual())["style.css"].decode())


@pytest.mark.parametrize(("language", "direction"), [("ar", "rtl"), ("he-IL", "rtl"), ("pt-BR", "ltr"), ("zzz", "ltr")])
def test_the_kits_language_stands_on_each_page(language: str, direction: str) -> None:
    files = pages(replace(usual(), kit=replace(kit(), site=Site(language=language))))
    for data in html_files(files).values():
        assert (parsed(data).get("lang"), parsed(data).get("dir")) == (language, direction)


def test_a_kit_replaces_sentences_of_the_site() -> None:
    own = replace(kit(), texts={**kit().texts, "site.title.contact": "Write to us", "site.nav.contact": "Us"})
    files = pages(replace(usual(), kit=own))
    assert parsed(files["contact/index.html"]).findtext("head/title") == "Write to us – Librarians Across Borders"
    assert "Us" in words(files["index.html"])


def test_pages_are_small() -> None:
    """Somebody with a slow line waits for one page and one file of styles."""
    files = pages(usual())
    assert max(len(data) for data in html_files(files).values()) < 25_000
    assert len(files["style.css"]) < 15_000
