"""The limits of Block Kit: what is wrong with blocks, in the words and with the pointers that Slack uses."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal, cast

from tests.slackserver.elements import element_faults, length, plain, text_object
from tests.slackserver.state import Json

Surface = Literal["message", "modal", "home"]

MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
INTERACTIVE = frozenset(
    {
        "button", "checkboxes", "radio_buttons", "datepicker", "timepicker", "datetimepicker", "overflow",
        "static_select", "external_select", "users_select", "conversations_select", "channels_select",
        "multi_static_select", "multi_external_select", "multi_users_select", "multi_conversations_select",
        "multi_channels_select",
    }
)  # fmt: skip
IN_ACTIONS = frozenset(name for name in INTERACTIVE if not name.startswith("multi_"))
IN_INPUT = (INTERACTIVE - {"button", "overflow"}) | {
    "plain_text_input", "number_input", "email_text_input", "url_text_input", "rich_text_input", "file_input",
}  # fmt: skip
ONLY_ON: dict[str, tuple[Surface, ...]] = {
    "number_input": ("modal",),
    "email_text_input": ("modal",),
    "url_text_input": ("modal",),
    "file_input": ("modal",),
    "rich_text_input": ("modal", "home"),
}
"""Inputs that not every surface can show."""
KNOWN = frozenset(
    {"section", "divider", "image", "actions", "context", "input", "header", "rich_text", "video", "markdown", "file"}
)


def faults(blocks: Any, surface: Surface) -> list[str]:
    """What is wrong with these blocks, a line each; empty where nothing is."""
    if not isinstance(blocks, list):
        return ["[ERROR] must provide an array [json-pointer:/blocks]"]
    found = cast(list[Any], blocks)
    most = MOST_BLOCKS[surface]
    wrong = [f"[ERROR] no more than {most} items allowed [json-pointer:/blocks]"] if len(found) > most else []
    for number, block in enumerate(found):
        pointer = f"/blocks/{number}"
        if not isinstance(block, dict):
            wrong.append(f"[ERROR] must be an object [json-pointer:{pointer}]")
            continue
        wrong += (f"[ERROR] {what} [json-pointer:{where}]" for where, what in _block(cast(Json, block), pointer))
        for element in elements_of(cast(Json, block)):
            if surface not in ONLY_ON.get(kind := str(element.get("type")), (surface,)):
                wrong.append(f"[ERROR] {kind} is not supported in a {surface} [json-pointer:{pointer}]")
    return wrong + _repeated(found)


def view_faults(view: Json) -> list[str]:
    """What is wrong with a modal or a home tab."""
    kind = view.get("type")
    if kind not in ("modal", "home"):
        return ["[ERROR] unsupported type [json-pointer:/view/type]"]
    wrong = faults(view.get("blocks"), "modal" if kind == "modal" else "home")
    found: list[tuple[str, str]] = [
        *length(view, "private_metadata", 3000, "/view"),
        *length(view, "callback_id", 255, "/view"),
        *length(view, "external_id", 255, "/view"),
    ]
    if kind == "modal":
        if not view.get("title"):
            found.append(("/view/title", "missing required field: title"))
        for name in ("title", "submit", "close"):
            if view.get(name):
                found += plain(view[name], 24, f"/view/{name}")
        # Whoever could type something needs a button to send it.
        if not view.get("submit") and any(_is_input(block) for block in cast(Sequence[Any], view.get("blocks") or [])):
            found.append(("/view/submit", "missing required field: submit"))
    return wrong + [f"[ERROR] {what} [json-pointer:{where}]" for where, what in found]


def _is_input(block: Any) -> bool:
    return isinstance(block, dict) and cast(Json, block).get("type") == "input"


def _block(block: Json, pointer: str) -> Iterator[tuple[str, str]]:
    yield from length(block, "block_id", 255, pointer)
    kind = block.get("type")
    if kind not in KNOWN:
        yield f"{pointer}/type", f"unsupported type: {kind}"
    elif kind == "section":
        yield from _section(block, pointer)
    elif kind == "header":
        yield from plain(block.get("text"), 150, f"{pointer}/text")
    elif kind == "markdown":
        yield from length(block, "text", 12_000, pointer, required=True)
    elif kind == "image":
        yield from _image(block, pointer)
    elif kind == "actions":
        yield from _elements(block, pointer, 25, IN_ACTIONS)
    elif kind == "context":
        yield from _context(block, pointer)
    elif kind == "input":
        yield from _input(block, pointer)


def _section(block: Json, pointer: str) -> Iterator[tuple[str, str]]:
    fields = cast(Sequence[Any], block.get("fields") or [])
    if block.get("text") is None and not fields:
        yield pointer, "missing required field: text"
    if block.get("text") is not None:
        yield from text_object(block["text"], 3000, f"{pointer}/text")
    if len(fields) > 10:
        yield f"{pointer}/fields", "no more than 10 items allowed"
    for number, each in enumerate(fields):
        yield from text_object(each, 2000, f"{pointer}/fields/{number}")
    if accessory := block.get("accessory"):
        yield from element_faults(accessory, f"{pointer}/accessory", INTERACTIVE | {"image"})


def _image(block: Json, pointer: str) -> Iterator[tuple[str, str]]:
    if not block.get("image_url") and not block.get("slack_file"):
        yield pointer, "missing required field: image_url"
    yield from length(block, "image_url", 3000, pointer)
    yield from length(block, "alt_text", 2000, pointer, required=True)
    if block.get("title"):
        yield from plain(block["title"], 2000, f"{pointer}/title")


def _context(block: Json, pointer: str) -> Iterator[tuple[str, str]]:
    elements = cast(Sequence[Any], block.get("elements") or [])
    if not 1 <= len(elements) <= 10:
        yield f"{pointer}/elements", "must have between 1 and 10 items"
    for number, each in enumerate(elements):
        at = f"{pointer}/elements/{number}"
        if isinstance(each, dict) and cast(Json, each).get("type") in ("plain_text", "mrkdwn"):
            yield from text_object(each, 3000, at)
        else:
            yield from element_faults(each, at, frozenset({"image"}))


def _elements(block: Json, pointer: str, most: int, allowed: frozenset[str]) -> Iterator[tuple[str, str]]:
    elements = cast(Sequence[Any], block.get("elements") or [])
    if not elements:
        yield f"{pointer}/elements", "no fewer than 1 items allowed"
    if len(elements) > most:
        yield f"{pointer}/elements", f"no more than {most} items allowed"
    for number, each in enumerate(elements):
        yield from element_faults(each, f"{pointer}/elements/{number}", allowed)


def _input(block: Json, pointer: str) -> Iterator[tuple[str, str]]:
    yield from plain(block.get("label"), 2000, f"{pointer}/label")
    if block.get("hint"):
        yield from plain(block["hint"], 2000, f"{pointer}/hint")
    yield from element_faults(block.get("element"), f"{pointer}/element", IN_INPUT)


def _repeated(blocks: Sequence[Any]) -> list[str]:
    """Block ids must be unique among the blocks, and action ids within a block."""
    wrong: list[str] = []
    seen: set[str] = set()
    for number, block in enumerate(cast(Json, each) for each in blocks if isinstance(each, dict)):
        if (block_id := block.get("block_id")) in seen:
            wrong.append(f"[ERROR] `block_id` {block_id} already exists [json-pointer:/blocks/{number}/block_id]")
        if block_id:
            seen.add(block_id)
        actions = [each.get("action_id") for each in elements_of(block) if each.get("action_id")]
        if len(actions) != len(set(actions)):
            wrong.append(f"[ERROR] `action_id` must be unique [json-pointer:/blocks/{number}/elements]")
    return wrong


def elements_of(block: Json) -> list[Json]:
    """The elements of a block that can be pressed, chosen or typed into."""
    found: list[Any] = []
    if block.get("type") == "actions":
        found = block.get("elements") or []
    elif block.get("type") == "section" and block.get("accessory"):
        found = [block["accessory"]]
    elif block.get("type") == "input" and block.get("element"):
        found = [block["element"]]
    return [cast(Json, each) for each in found if isinstance(each, dict) and cast(Json, each).get("type") != "image"]
