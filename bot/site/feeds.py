"""What machines read: the feed of stories (Atom), the list of pages, and the word to search engines. Pure.

The feed is written with the standard library's ElementTree, which escapes what is put into it: it has a dozen elements,
and the libraries made for feeds bring a parser of their own that nothing else here needs.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as Xml

from bot.program.stories_public import PublishedStory
from bot.program.wording import Wording
from bot.site.contents import INDEX, story_path
from bot.site.facts import SiteFacts
from bot.site.markup import paragraphs

_ATOM = "http://www.w3.org/2005/Atom"
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def feed(facts: SiteFacts, wording: Wording) -> bytes:
    """The stories as an Atom feed. Ids come from numbers alone: they outlive every other address and title."""
    root = Xml.Element("feed", {"xmlns": _ATOM, "xml:lang": facts.kit.site.language})
    _add(root, "id", _id(facts, "stories"))
    _add(root, "title", f"{facts.kit.name}: {wording.plain('site.title.stories')}")
    _add(root, "subtitle", wording.plain("site.lead.stories"))
    newest = max((story.published_at for story in facts.stories), default=_NEVER)
    _add(root, "updated", _moment(newest))
    _add(_add(root, "author"), "name", facts.kit.name)
    if facts.address:
        _add(root, "link", rel="self", type="application/atom+xml", href=f"{facts.address}feed.xml")
    _add(root, "link", rel="alternate", type="text/html", href=_page(facts, "stories/"))
    for story in facts.stories:
        _entry(root, facts, story)
    return _bytes(root)


def sitemap(address: str, paths: Sequence[str]) -> bytes:
    """The pages that search engines should know."""
    root = Xml.Element("urlset", {"xmlns": _SITEMAP})
    for path in paths:
        _add(_add(root, "url"), "loc", f"{address}{path}")
    return _bytes(root)


def robots(address: str) -> bytes:
    """Everybody may read the site. Pages about certificates say themselves that they are not to be listed."""
    lines = ["User-agent: *", "Allow: /"] + ([f"Sitemap: {address}sitemap.xml"] if address else [])
    return ("\n".join(lines) + "\n").encode()


def _entry(root: Xml.Element, facts: SiteFacts, story: PublishedStory) -> None:
    entry = _add(root, "entry")
    _add(entry, "id", _id(facts, f"story:{story.slug.partition('-')[0]}"))
    _add(entry, "title", story.title)
    _add(entry, "published", _moment(story.published_at))
    _add(entry, "updated", _moment(story.published_at))
    if story.byline:
        _add(_add(entry, "author"), "name", story.byline)
    _add(entry, "link", rel="alternate", type="text/html", href=_page(facts, story_path(story)))
    body = "\n".join(paragraphs(one) for one in story.paragraphs)
    _add(entry, "content", body, type="html")


def _page(facts: SiteFacts, path: str) -> str:
    """The address of a page; where the site's own is not known, the way from the feed."""
    return f"{facts.address}{path}" if facts.address or facts.served else f"{path}{INDEX}"


def _id(facts: SiteFacts, what: str) -> str:
    return uuid5(NAMESPACE_URL, f"counterpart:{facts.key}:{what}").urn


def _add(parent: Xml.Element, name: str, text: str | None = None, **attributes: str) -> Xml.Element:
    made = Xml.SubElement(parent, name, attributes)
    made.text = None if text is None else _NOT_XML.sub("", text)
    return made


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _bytes(root: Xml.Element) -> bytes:
    Xml.indent(root)
    return Xml.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"
