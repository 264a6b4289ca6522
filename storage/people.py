"""Communities, people and their accounts, programs and roles."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.columns import json_list, key, maybe_moment, moment, ref


class Community(SQLModel, table=True):
    """A Slack workspace, a Discord server, the playground. `hall` and `desk` are the ids of its channels."""

    __table_args__ = (UniqueConstraint("platform", "external_id"),)

    id: int | None = key()
    platform: str
    external_id: str
    name: str = ""
    hall: str = ""
    desk: str = ""
    gone_at: datetime | None = maybe_moment()


class Person(SQLModel, table=True):
    """A human. `email` is cleaned and unique where it is known; `zone` is an IANA time zone, empty when unknown."""

    id: int | None = key()
    email: str | None = Field(default=None, unique=True, nullable=True)
    name: str = ""
    zone: str = ""
    created_at: datetime = moment()


class Account(SQLModel, table=True):
    """A person's identity in one community."""

    __table_args__ = (UniqueConstraint("community_id", "external_id"),)

    id: int | None = key()
    community_id: int = ref("community.id")
    person_id: int = ref("person.id")
    external_id: str
    name: str = ""
    locale: str = ""
    gone_at: datetime | None = maybe_moment()
    program_id: int | None = Field(default=None, foreign_key="program.id", nullable=True)
    """Whom the person talks to in private, where a community has several programs and they chose one."""


class Program(SQLModel, table=True):
    """A kit in a community's use. `hall` and `desk` are the ids of its channels; None: those of the community.

    A community's first program has the community's channels, a further one has its own.
    """

    id: int | None = key()
    community_id: int = ref("community.id")
    kit: str
    name: str
    hall: str | None = Field(default=None, nullable=True)
    desk: str | None = Field(default=None, nullable=True)
    stories: str | None = Field(default=None, nullable=True)
    """The id of the channel in which stories are published; None: the hall."""


class Role(SQLModel, table=True):
    """What a person may do in a program beyond taking part.

    `role`: coordinator; volunteer (would like to be an ambassador), ambassador, former (was one, or was declined).
    `countries` are the codes of those that an ambassador looks after.
    """

    __table_args__ = (UniqueConstraint("program_id", "person_id", "role"),)

    id: int | None = key()
    program_id: int = ref("program.id")
    person_id: int = ref("person.id")
    role: str
    since: datetime = moment()
    countries: list[str] = json_list()


class Absence(SQLModel, table=True):
    """Days on which a person is away, both ends included, by their own calendar."""

    id: int | None = key()
    program_id: int = ref("program.id")
    person_id: int = ref("person.id")
    first: date
    last: date


class Apart(SQLModel, table=True):
    """Two people who must not be paired. The other is known by e-mail address, and may never have applied.

    `why` is `former` (they were partners), `avoid` (asked for by `person`) or `parted` (by a coordinator, this round).
    """

    __table_args__ = (UniqueConstraint("program_id", "person_id", "other_email", "why"),)

    id: int | None = key()
    program_id: int = ref("program.id")
    person_id: int = ref("person.id")
    other_email: str = ""
    other_id: int | None = Field(default=None, foreign_key="person.id", nullable=True)
    why: str
    round_id: int | None = Field(default=None, nullable=True)
