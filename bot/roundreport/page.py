"""The report as one HTML file that needs nothing else: no script, no network, pictures within."""

from base64 import b64encode
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.roundreport.contents import MADE_BY, Contents

_HERE = Path(__file__).parent


def report_html(contents: Contents) -> str:
    """The whole page."""
    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("page.html").render(
        contents=contents,
        png={drawn.name: b64encode(drawn.png).decode("ascii") for drawn in contents.pictures},
        made_by=MADE_BY,
    )
