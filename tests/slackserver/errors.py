"""How the imagined Slack says no."""

from typing import Any


class ApiError(Exception):
    """A Web API method refuses: `ok` is false, `error` is the code. `more` are further fields of the answer."""

    def __init__(self, code: str, **more: Any) -> None:
        super().__init__(code)
        self.code = code
        self.more = more


def invalid(*messages: str, code: str = "invalid_arguments") -> ApiError:
    """Arguments that are wrong; each message says what about them."""
    return ApiError(code, response_metadata={"messages": list(messages)})


class Impossible(AssertionError):
    """A person cannot do this in their Slack client: the button is not there, the box is empty, the room is closed."""
