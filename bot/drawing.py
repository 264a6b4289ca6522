"""Sheets that are drawn by a library which is an extra: loaded when the first one is wanted."""

from importlib import import_module
from typing import cast

import structlog

from bot.program.papers import Draw, Paper, Undrawn

log = structlog.get_logger()
_DRAWS = "bot.certificate"


def certificate(paper: Paper) -> bytes | Undrawn:
    """A certificate as a PDF; `library` where what draws it is not installed."""
    try:
        draw = cast(Draw, import_module(_DRAWS).draw)
    except ModuleNotFoundError as missing:
        log.warning("certificate_not_drawn", missing=missing.name, needed='pip install "counterpart[report]"')
        return "library"
    return draw(paper)
