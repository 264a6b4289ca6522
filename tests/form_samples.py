"""A form export to change, cell by cell: synthetic, like the applicants it stands for."""

from collections.abc import Mapping

from topics.kit import find_kit, load_kit

KIT = load_kit(find_kit("librarians"))
HEAD = (
    "Timestamp,Name,Email Address,Country of residence,Time zone,Type of library,"
    "Type of library you would like your partner to work in,Professional interests,"
    "Would you like a partner with similar interests?,Do you have reliable internet access?,Are you fluent in English?,"
    "Can you commit one hour per week for four months?,Former partners (email),Please do not match me with (email)"
)
GOOD: Mapping[str, str] = {
    "Timestamp": "2026-07-01 01:58:00",
    "Name": "Thandiwe Tanaka",
    "Email Address": "p52.3@example.org",
    "Country of residence": "Australia",
    "Time zone": "Australia/Adelaide",
    "Type of library": "academic",
    "Type of library you would like your partner to work in": "Same as mine",
    "Professional interests": "leadership, metadata, open-access",
    "Would you like a partner with similar interests?": "Yes",
    "Do you have reliable internet access?": "Yes",
    "Are you fluent in English?": "Yes",
    "Can you commit one hour per week for four months?": "Yes",
    "Former partners (email)": "p3.3@example.org, P9.3@example.org",
    "Please do not match me with (email)": "",
}


def line_of(separator: str = ",", **changes: str) -> str:
    """One line of a file: the good row with some cells changed, each named by the first word of its heading."""
    row = dict(GOOD)
    for word, text in changes.items():
        heading = next(heading for heading in row if heading.lower().startswith(word.lower().replace("_", " ")))
        row[heading] = text
    return separator.join('"' + cell.replace('"', '""') + '"' for cell in row.values())


def file_of(*lines: str) -> bytes:
    return "\n".join((HEAD, *lines, "")).encode()
