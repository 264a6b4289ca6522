"""The feed of stories is Atom as its standard has it, and its ids outlive titles and addresses."""

from dataclasses import replace
from datetime import UTC, datetime
from xml.etree import ElementTree as Xml

from bot.site.facts import SiteFacts
from bot.site.pages import pages
from tests.site.sample import ADDRESS, HARM, begun, harmful, story, usual

ATOM = "{http://www.w3.org/2005/Atom}"


def feed_of(facts: SiteFacts) -> Xml.Element:
    root = Xml.fromstring(pages(facts)["feed.xml"])
    assert root.tag == f"{ATOM}feed"
    return root


def every(element: Xml.Element, name: str) -> list[str]:
    return [each.text or "" for each in element.findall(f"{ATOM}{name}")]


def test_a_feed_has_all_that_the_standard_demands() -> None:
    feed = feed_of(usual())
    for part in (feed, *feed.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(every(part, name)) == 1 and every(part, name)[0]
        assert datetime.fromisoformat(every(part, "updated")[0]).tzinfo == UTC
    assert every(feed, "updated") == ["2027-01-20T09:30:00Z"], "that of the newest story"
    assert every(feed.find(f"{ATOM}author") or feed, "name") == ["Librarians Across Borders"]
    links = {each.get("rel"): each.get("href") for each in feed.findall(f"{ATOM}link")}
    assert links == {"self": f"{ADDRESS}feed.xml", "alternate": f"{ADDRESS}stories/"}


def test_an_entry_has_the_story_and_leads_to_its_page() -> None:
    entry = feed_of(usual()).findall(f"{ATOM}entry")[0]
    assert every(entry, "title") == ["Two towns, one map"]
    assert every(entry, "published") == ["2027-01-20T09:30:00Z"]
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Ana, Kenya"
    assert [each.get("href") for each in entry.findall(f"{ATOM}link")] == [f"{ADDRESS}stories/2-two-towns-one-map/"]
    content = entry.find(f"{ATOM}content")
    assert content is not None and content.get("type") == "html"
    assert (content.text or "").endswith("<p>And went on<br>\nwith letters.</p>")


def test_ids_stay_when_titles_and_addresses_change_and_no_two_are_alike() -> None:
    def ids(facts: SiteFacts) -> list[str]:
        feed = feed_of(facts)
        return [*every(feed, "id"), *(every(each, "id")[0] for each in feed.findall(f"{ATOM}entry"))]

    before = ids(usual())
    moved = replace(usual(), address="https://elsewhere.example.org/")
    renamed = replace(usual(), stories=(story(slug="2-another-name", title="Another name"), usual().stories[1]))
    assert ids(moved) == before == ids(renamed)
    assert len(set(before)) == len(before) == 3
    assert not set(before) & set(ids(replace(usual(), key="paper:town:2")))


def test_what_is_written_into_a_story_is_words_in_the_feed_too() -> None:
    entry = feed_of(harmful()).findall(f"{ATOM}entry")[0]
    assert every(entry, "title") == [HARM]
    content = entry.findtext(f"{ATOM}content") or ""
    assert "&lt;script&gt;" in content and "<script" not in content and "<img" not in content


def test_a_site_without_stories_or_address_has_a_feed_all_the_same() -> None:
    feed = feed_of(begun())
    assert feed.findall(f"{ATOM}entry") == [] and len(every(feed, "updated")) == 1
    assert [each.get("href") for each in feed.findall(f"{ATOM}link")] == ["stories/index.html"]


def test_search_engines_are_told_of_all_pages_but_those_of_certificates() -> None:
    files = pages(usual())
    listed = [each.text for each in Xml.fromstring(files["sitemap.xml"]).iter() if each.tag.endswith("}loc")]
    assert listed[0] == ADDRESS and f"{ADDRESS}stories/2-two-towns-one-map/" in listed
    assert not [each for each in listed if each and "ABCD" in each]
    assert files["robots.txt"].decode() == f"User-agent: *\nAllow: /\nSitemap: {ADDRESS}sitemap.xml\n"
    assert pages(begun())["robots.txt"].decode() == "User-agent: *\nAllow: /\n"
