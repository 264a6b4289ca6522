"""Invented sites for tests: a usual one, one that has only begun, and one in which everybody means harm."""

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from xml.etree.ElementTree import Element

from tinyhtml5.parser import HTMLParser

from bot.app import kit_of
from bot.evaluation.history import Funnel
from bot.program.certificates import Verified
from bot.program.stories_public import PublishedPicture, PublishedStory
from bot.site.facts import Invitation, Issued, News, PastRound, RoundNow, SiteFacts
from topics.model import Kit
from topics.outside import Site

ADDRESS = "https://mentoring.example.org/site/"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)
HARM = (
    "<script>alert(1)</script><img src=x onerror=alert(1)> \"'>&amp; javascript:alert(1) [x](javascript:alert(1))"
    " {{ 7*7 }}"
)


@cache
def kit() -> Kit:
    return kit_of("librarians")["librarians"]


def round_now(**changes: object) -> RoundNow:
    usual = RoundNow(
        "Autumn 2027",
        "open",
        datetime(2027, 7, 1, tzinfo=UTC),
        datetime(2027, 8, 2, tzinfo=UTC),
        date(2027, 9, 1),
        date(2027, 12, 29),
        capacity=120,
        country_cap=0.25,
    )
    return replace(usual, **changes)  # type: ignore[arg-type] - whoever calls knows the fields


def story(**changes: object) -> PublishedStory:
    usual = PublishedStory(
        slug="2-two-towns-one-map",
        title="Two towns, one map",
        paragraphs=("We began with a question about maps. " * 12, "And went on\nwith letters."),
        byline="Ana, Kenya",
        countries=("Brazil", "Kenya"),
        published_at=datetime(2027, 1, 20, 9, 30, tzinfo=UTC),
        round_name="Autumn 2026",
        picture=PublishedPicture(PNG, "image/png", "Two hands over a map"),
    )
    return replace(usual, **changes)  # type: ignore[arg-type] - whoever calls knows the fields


def past(name: str = "Autumn 2026", **changes: object) -> PastRound:
    usual = PastRound(
        name,
        date(2026, 9, 1),
        date(2026, 12, 29),
        Funnel(applied=150, eligible=140, accepted=130, placed=128, live=110, completed=90),
        (("BR", 60), ("FR", 40), ("KE", 41), ("PT", 3), ("JP", 4), ("unknown", 2)),
    )
    return replace(usual, **changes)  # type: ignore[arg-type] - whoever calls knows the fields


def confirmed(**changes: object) -> Verified:
    first, last, issued_on = date(2026, 9, 1), date(2026, 12, 29), date(2027, 1, 5)
    usual = Verified("Ana Example", "Librarians Across Borders", "Autumn 2026", first, last, issued_on)
    return replace(usual, **changes)  # type: ignore[arg-type] - whoever calls knows the fields


def usual() -> SiteFacts:
    """A site that has something of everything."""
    news = News(1, "There are two new topics.\n\nTell us:\nwhich would you like?", datetime(2027, 6, 1, tzinfo=UTC))
    short = story(slug="1", title="日本語", paragraphs=("One line.",), byline="", countries=(), picture=None)
    return SiteFacts(
        kit=replace(
            kit(), join="https://join.example.org/", site=Site(about="Paid for by *nobody*.\n\n### Since 2013\n\nYes.")
        ),
        key="paper:town:1",
        community="Librarians of the World",
        address=ADDRESS,
        round=round_now(),
        past=(past("Autumn 2026"), past("Spring 2026", funnel=Funnel(4, 4, 4, 4, 2, 2))),
        news=(news,),
        invitations=(Invitation("organisation", "Dear colleagues,\n\nPlease join."), Invitation("social", "Join!")),
        stories=(story(), short),
        certificates=(Issued("ABCD-EFGH-JKMN", confirmed()),),
    )


def begun() -> SiteFacts:
    """A site of a program that has no round, no story and no address yet."""
    return SiteFacts(kit=kit(), key="paper:town:1")


def harmful() -> SiteFacts:
    """Whatever somebody can write holds markup."""
    evil = replace(
        kit(),
        name=HARM,
        tagline=HARM,
        contact=HARM,
        join=f"javascript:alert(1) {HARM}",
        welcome=f"# {HARM}\n\n{HARM}\n\n![x](https://elsewhere.example.org/x.png)\n\n<b onclick=alert(1)>x</b>",
        conduct=f"[a](data:text/html,x) [b](//elsewhere.example.org) [c](vbscript:x)\n\n{HARM}",
        site=Site(about=f"{HARM}\n\n[x]: javascript:alert(1)\n\n[x]"),
        topics=tuple(replace(topic, title=HARM, why=HARM) for topic in kit().topics),
        questions=tuple(replace(each, prompt=HARM, help=HARM, short=HARM) for each in kit().questions),
    )
    return replace(
        usual(),
        kit=evil,
        community=HARM,
        round=round_now(name=HARM),
        past=(past(HARM), past(HARM)),
        news=(News(1, f"{HARM}\n\n{HARM}", datetime(2027, 6, 1, tzinfo=UTC)),),
        invitations=(Invitation("social", HARM),),
        stories=(
            story(title=HARM, paragraphs=(HARM, "\x00\x0b\x1b"), byline=HARM, countries=(HARM,)),
            story(slug="3", title=HARM, picture=PublishedPicture(PNG, "image/png", HARM)),
        ),
        certificates=(Issued("ABCD-EFGH-JKMN", confirmed(name=HARM, program=HARM, round=HARM)),),
    )


def parsed(page: bytes) -> Element:
    """A page as a browser reads it. Fails where it is not as HTML must be."""
    parser = HTMLParser(namespace_html_elements=False)
    tree = parser.parse(page)
    assert parser.errors == [] and tree is not None
    return tree
