"""What a kit says of what is outside the chat: how a form tool's export is read, and the public site."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ImportColumns:
    """How a form tool's export is read: the headings of the columns that are no question."""

    timestamp: str = "Timestamp"
    name: str = "Name"
    email: str = "Email Address"
    separator: str = ", "
    """What separates several values in one cell."""
    consent_given: bool = False
    """Whether whoever sent the form agreed to what the questions without a column ask."""
    zone: str = "UTC"
    """The time zone of the timestamps."""


@dataclass(frozen=True, slots=True)
class Site:
    """The program's public site, as far as the kit decides."""

    address: str = ""
    """Where it stands, such as `https://mentoring.example.org/`; empty where the kit does not say."""
    language: str = "en"
    """The language of the kit's texts, as HTML names it."""
    about: str = ""
    """More about the program, in Markdown, for the first page."""
    theme: str = ""
    """The name of a CSS file in the kit's folder."""
    announcements: bool = True
    """Whether announcements to everybody are shown."""
