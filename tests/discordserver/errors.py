"""What can go wrong, as Discord says it: an HTTP status, a numeric code, and for invalid forms where the fault lies."""

from collections.abc import Mapping

from tests.discordserver.state import Json

MESSAGES: Mapping[int, tuple[int, str]] = {
    0: (401, "401: Unauthorized"),
    10002: (404, "Unknown Application"),
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10007: (404, "Unknown Member"),
    10008: (404, "Unknown Message"),
    10009: (404, "Unknown Permission Overwrite"),
    10011: (404, "Unknown Role"),
    10013: (404, "Unknown User"),
    10015: (404, "Unknown Webhook"),
    10070: (404, "Unknown Guild Scheduled Event"),
    10062: (404, "Unknown interaction"),
    10063: (404, "Unknown application command"),
    20026: (403, "This bot has been flagged by our anti-spam system for abusive behavior."),
    30003: (400, "Maximum number of pins reached for the channel (250)"),
    30013: (400, "Maximum number of guild channels reached (500)"),
    30032: (400, "Maximum number of application commands reached (100)"),
    30034: (400, "Max number of daily application command creates has been reached (200)"),
    30038: (400, "Maximum number of uncompleted guild scheduled events reached (100)"),
    30060: (400, "Maximum number of channel permission overwrites reached (1000)"),
    40003: (400, "You are opening direct messages too fast"),
    40005: (413, "Request entity too large. Try sending something smaller"),
    40060: (400, "Interaction has already been acknowledged."),
    50001: (403, "Missing Access"),
    50003: (403, "Cannot execute action on a DM channel"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50007: (403, "Cannot send messages to this user"),
    50008: (400, "Cannot send messages in a non-text channel"),
    50013: (403, "Missing Permissions"),
    50019: (403, "A message can only be pinned to the channel it was sent in"),
    50021: (403, "Cannot execute action on a system message"),
    50024: (400, "Cannot execute action on this channel type"),
    50027: (401, "Invalid Webhook Token"),
    50033: (400, "Invalid Recipient(s)"),
    50035: (400, "Invalid Form Body"),
    50083: (400, "Thread is archived"),
    50109: (400, "The request body contains invalid JSON."),
    50278: (403, "Cannot send messages to this user due to having no mutual guilds"),
    160005: (403, "Thread is locked"),
    160006: (400, "Maximum number of active threads reached"),
}
"""The errors that this server gives: code, HTTP status, and words."""


class ApiError(Exception):
    """A request is refused, with one of Discord's numeric codes.

    `errors` are the nested ones of 50035, as `Invalid` collects them.
    """

    def __init__(self, code: int, *, status: int = 0, message: str = "", errors: Json | None = None) -> None:
        usual = MESSAGES.get(code, (400, "Error"))
        self.code = code
        self.status = status or usual[0]
        self.message = message or usual[1]
        self.errors = errors
        super().__init__(f"{self.status} {code} {self.message}")

    def body(self) -> Json:
        """The JSON of the answer."""
        body: Json = {"message": self.message, "code": self.code}
        if self.errors:
            body["errors"] = self.errors
        return body


class Impossible(Exception):
    """A test lets somebody do what cannot be done in Discord's client."""


class Invalid:
    """Collects what is wrong with a form, by where it lies; `check` raises 50035 if there is anything.

    >>> wrong = Invalid()
    >>> wrong.add("BASE_TYPE_REQUIRED", "This field is required", "components", 0, "label")
    """

    def __init__(self) -> None:
        self.errors: Json = {}

    def add(self, code: str, message: str, *path: str | int) -> None:
        """Something is wrong at this place in the form."""
        place = self.errors
        for step in path:
            place = place.setdefault(str(step), {})
        place.setdefault("_errors", []).append({"code": code, "message": message})

    def length(self, least: int, most: int, *path: str | int) -> None:
        """A text or list there has too few or too many."""
        self.add("BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.", *path)

    def required(self, *path: str | int) -> None:
        """Something that must be there is not."""
        self.add("BASE_TYPE_REQUIRED", "This field is required", *path)

    def choice(self, allowed: object, *path: str | int) -> None:
        """Something there is none of the values that are allowed."""
        self.add("BASE_TYPE_CHOICES", f"Value must be one of {allowed}.", *path)

    def check(self) -> None:
        """Raise 50035 if anything is wrong."""
        if self.errors:
            raise ApiError(50035, errors=self.errors)


def invalid(code: str, message: str, *path: str | int) -> ApiError:
    """One thing that is wrong with a form."""
    wrong = Invalid()
    wrong.add(code, message, *path)
    return ApiError(50035, errors=wrong.errors)
