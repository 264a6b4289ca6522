"""Somebody who is forgotten is taken out of whatever a message holds."""

from bot.language.acts import Edit, Post
from bot.language.messages import Choices, Document, Input, Link, Option, Picture, say
from bot.language.places import Address, Place
from bot.program.traces import Traces

TRACES = Traces(("Zora Quill",), ("zora@example.org",), ("U77",), "a former participant")
DESK = Address("paper", "town", Place.DESK, "desk")


def test_every_kind_of_element_is_gone_through() -> None:
    elements = (
        "Zora Quill writes",
        Choices("t", (Option("1", "Write to Zora Quill"),)),
        Input("t", "About Zora Quill", value="zora@example.org"),
        Link("Zora Quill", "https://example.org"),
        Picture("f1", "How Zora Quill is doing"),
        Picture("f1", "A portrait", "Zora Quill.png"),
        Document("rehearsal.txt", "text/plain", "Zora Quill: 2 messages\nU77\n"),
    )
    for element in elements:
        act = Post("k", "notice", DESK, say(element))
        assert TRACES.tell_in(act, near=True), element
        cleaned = TRACES.out_of_act(act, near=True)
        assert not TRACES.tell_in(cleaned, near=True)
        assert "Zora" not in str(cleaned) and "a former participant" in str(cleaned)


def test_a_message_without_them_stays_as_it_is() -> None:
    act = Edit(
        "k", "notice", DESK, "m1", say("Nothing", Document("meetings.ics", "text/calendar", "BEGIN:VCALENDAR\r\n"))
    )
    assert TRACES.out_of_act(act, near=True) == act and not TRACES.tell_in(act, near=True)
