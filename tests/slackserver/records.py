"""What was asked of the server, kept for tests to look at; tokens and secrets are masked."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.slackserver.state import Json

SECRET = frozenset({"token", "client_secret", "code", "app_token"})
LOG = "COUNTERPART_HTTP_LOG"
"""The environment variable that names a file to which every request is appended as a line of JSON."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request and how it ended. `status` is 0 where the connection was broken instead of an answer."""

    at: datetime
    method: str
    team: str
    args: Json
    status: int
    error: str = ""
    fault: str = ""


def masked(args: Mapping[str, Any]) -> Json:
    """The arguments, with secrets shortened to what kind of secret it was."""
    return {key: f"{str(value)[:5]}…" if key in SECRET else value for key, value in args.items()}


@dataclass
class Records:
    """The requests in the order in which they were answered."""

    requests: list[Request] = field(default_factory=list[Request])

    def add(self, request: Request) -> None:
        self.requests.append(request)
        if path := os.environ.get(LOG):
            line = json.dumps(asdict(request), default=str, ensure_ascii=False)
            with Path(path).open("a", encoding="utf-8") as file:
                file.write(f"{line}\n")

    def of(self, method: str) -> list[Request]:
        """The requests of one method."""
        return [each for each in self.requests if each.method == method]
