"""Stories that participants write for the public, and who agreed to what."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import SQLModel

from storage.columns import json_list, key, long_text, maybe_moment, maybe_ref, moment, ref


class Story(SQLModel, table=True):
    """What somebody wrote about their partnership, for everybody to read once all have agreed.

    `state`: asked (partners, or after a change all, are asked whether they agree), submitted (coordinators decide),
    returned (to its author, with a word), published, withdrawn (taken down, or taken back), declined (somebody said
    no).
    `title` and `text` are the author's and stay as they were sent; `edited_title` and `edited` are what is published in
    their place, empty where nothing was changed. Whoever agrees does so to one `revision` of it.
    """

    id: int | None = key()
    program_id: int = ref("program.id")
    round_id: int = ref("round.id")
    partnership_id: int = ref("partnership.id")
    person_id: int = ref("person.id")
    state: str = "asked"
    revision: int = 1
    title: str = ""
    text: str = long_text()
    edited_title: str = ""
    edited: str = long_text()
    byline: str = "full"
    """How the author wants to be named: full, first (first name and country), anonymous."""
    signed: str = ""
    """The words that stand beneath the story, as the author chose them."""
    countries: list[str] = json_list()
    """The codes of the countries that are shown with it: of those who agreed to be named."""
    picture: str = ""
    """The key of the picture's file; empty where there is none."""
    picture_alt: str = long_text()
    word: str = long_text()
    """What coordinators wrote to the author when they sent it back."""
    written_at: datetime = moment()
    submitted_at: datetime | None = maybe_moment()
    published_at: datetime | None = maybe_moment()
    ended_at: datetime | None = maybe_moment()
    """When it was withdrawn or declined."""
    check_at: datetime | None = maybe_moment(index=True)
    """When to look at it next while somebody has not answered."""
    reminded_at: datetime | None = maybe_moment()
    approved_by_id: int | None = maybe_ref("person.id")
    channel: str = ""
    """The address of the channel in which it was published, as text; empty where it was not."""
    message: str = ""
    """What the platform calls the message there; empty until it was delivered."""


class StoryConsent(SQLModel, table=True):
    """Whether one person agrees that one revision of a story is published.

    `answer`: empty (asked), yes, out (yes, but without them in it), no, absent (cannot be asked any more, so that it
    may only appear without them). Whoever withdraws later keeps the answer, with `withdrawn_at`.
    """

    __tablename__ = "story_consent"  # pyright: ignore[reportAssignmentType] - SQLModel declares it as a descriptor
    __table_args__ = (UniqueConstraint("story_id", "person_id", "revision"),)

    id: int | None = key()
    program_id: int = ref("program.id")
    story_id: int = ref("story.id")
    person_id: int = ref("person.id")
    revision: int = 1
    answer: str = ""
    asked_at: datetime = moment()
    answered_at: datetime | None = maybe_moment()
    withdrawn_at: datetime | None = maybe_moment()
