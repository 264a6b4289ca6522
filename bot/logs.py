"""How this process logs: for people on a console, or a line of JSON each; plain tracebacks, and never a secret."""

import json
import logging
import re
import sys
from collections.abc import Sequence
from typing import Literal, TextIO
from urllib.parse import quote, quote_plus

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

_QUIET = (
    "apscheduler", "uvicorn.access", "alembic", "asyncio", "sqlalchemy", "aiosqlite", "markdown_it",
    "matplotlib", "PIL", "fontTools", "fpdf",
)  # fmt: skip
"""Libraries that say much: heard from `warning` up."""
HIDDEN = "(hidden)"
_LIKE_TOKENS = re.compile(
    r"\bxox[a-z](?:[.-][\w-]+)+|\bxapp-[\w-]+"  # Slack's; those of many workspaces stand in no setting
    r"|(?<=\bBearer )[\w.~+/=-]{8,}|(?<=\bBot )[\w-]+\.[\w-]+\.[\w-]+"
    r"|(?<=/webhooks/)\d+/[\w-]{20,}|(?<=/interactions/)\d+/[\w-]{20,}"  # Discord's answers bear one in their address
)


def configure(
    level: Literal["debug", "info", "warning", "error"] = "warning",
    form: Literal["console", "json"] = "console",
    *,
    secrets: Sequence[str] = (),
    stream: TextIO | None = None,
) -> None:
    """Log from `level` up to `stream` (the error output unless given), our own words and those of the libraries alike.

    Wherever one of the `secrets` stands in what is logged, however it is written, or what looks like a token of a
    platform, `(hidden)` stands in its place. Values of local variables are never shown.
    """
    out = stream or sys.stderr
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _renderer(form, out),
                _Hidden(tuple(secret for secret in secrets if secret)),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            _not_rehearsed,
            structlog.stdlib.add_logger_name,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _not_rehearsed(logger: WrappedLogger, method: str, line: EventDict) -> EventDict:
    """A round that is only rehearsed (`bot.dryrun`) would fill the log with what never happened; its errors stay."""
    if method not in ("error", "exception", "critical") and structlog.contextvars.get_contextvars().get("rehearsal"):
        raise structlog.DropEvent
    return line


class _Hidden:
    """The last step: takes the secrets out of a finished line."""

    def __init__(self, secrets: Sequence[str]) -> None:
        written = {form for secret in secrets for form in _forms(secret)}
        # The longest first, lest a part of one be left.
        self._secrets = sorted(written, key=len, reverse=True)

    def __call__(self, logger: WrappedLogger, method: str, line: EventDict | str) -> str:
        text = str(line)
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return _LIKE_TOKENS.sub(HIDDEN, text)


def _forms(secret: str) -> set[str]:
    """How a secret may be written: as it is, within JSON, within an address, within a Python literal."""
    plain = {secret, quote(secret, safe=""), quote(secret), quote_plus(secret), repr(secret)[1:-1]}
    return plain | {json.dumps(form)[1:-1] for form in plain}


def _renderer(form: str, out: TextIO) -> Processor:
    if form == "json":
        return structlog.processors.JSONRenderer(sort_keys=False)
    return structlog.dev.ConsoleRenderer(colors=out.isatty(), exception_formatter=structlog.dev.plain_traceback)
