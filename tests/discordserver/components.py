"""Components of messages: what may be in them, checked as Discord checks it, and how they are shown afterwards."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from tests.discordserver.errors import Invalid
from tests.discordserver.state import Json

ROW, BUTTON, STRING_SELECT, _, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT = range(1, 9)
SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER = 9, 10, 11, 12, 13, 14, 17
SELECTS = frozenset({STRING_SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT})
_TOP = frozenset({ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR, CONTAINER})
_IN_CONTAINER = _TOP - {CONTAINER}
LINK, PREMIUM = 5, 6
"""Styles of buttons that tell the application nothing."""

MOST, ROWS, BUTTONS, OPTIONS, TEXTS = 40, 5, 5, 25, 4000
Path = tuple[str | int, ...]


def check(wrong: Invalid, components: list[Json], *, new: bool, path: Path = ("components",)) -> None:
    """Add what is wrong. `new`: the message has the flag for components of every kind (IS_COMPONENTS_V2)."""
    everything = list(walk(components, path))
    if len(everything) > MOST:
        wrong.length(1, MOST, *path)
    if not new and len(components) > ROWS:
        wrong.length(1, ROWS, *path)
    for number, each in enumerate(components):
        allowed = _TOP if new else frozenset({ROW})
        if each.get("type") not in allowed:
            wrong.choice(sorted(allowed), *path, number, "type")
        else:
            _check(wrong, each, (*path, number))
    _check_unique(wrong, everything, "custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED")
    _check_unique(wrong, everything, "id", "COMPONENT_ID_DUPLICATED")
    if sum(len(str(each.get("content", ""))) for each, _ in everything if each.get("type") == TEXT) > TEXTS:
        wrong.add("BASE_TYPE_MAX_LENGTH", f"The texts must be {TEXTS} or fewer in length in all.", *path)


def walk(components: object, path: Path = ()) -> Iterator[tuple[Json, Path]]:
    """Each component, and those in it, with the place where it stands."""
    for number, each in enumerate(_list(components)):
        yield each, (*path, number)
        yield from walk(each.get("components"), (*path, number, "components"))
        accessory = each.get("accessory")
        if isinstance(accessory, dict):
            yield cast(Json, accessory), (*path, number, "accessory")


def shown(components: list[Json]) -> list[Json]:
    """The components as a message shows them: numbered, and with what was left out."""
    taken = {each["id"] for each, _ in walk(components) if each.get("id")}
    free = (number for number in range(1, 1000) if number not in taken)
    return [_shown(each, free) for each in components]


def _shown(component: Json, free: Iterator[int]) -> Json:
    copy = {name: value for name, value in component.items() if value is not None}
    copy["id"] = copy.get("id") or next(free)
    if copy["type"] in SELECTS:
        copy.pop("required", None)
        copy = {"min_values": 1, "max_values": 1, **copy}
    if "options" in copy:
        copy["options"] = [_without_nulls(each) for each in copy["options"]]
    if "emoji" in copy:
        copy["emoji"] = _without_nulls(copy["emoji"])
    if copy["type"] == SEPARATOR:
        copy = {"divider": True, "spacing": 1, **copy}
    if copy["type"] == CONTAINER:
        copy = {"spoiler": False, "accent_color": None, **copy}
    if "components" in copy:
        copy["components"] = [_shown(each, free) for each in copy["components"]]
    if "accessory" in copy:
        copy["accessory"] = _shown(copy["accessory"], free)
    return copy


def _without_nulls(given: Json) -> Json:
    kept = {name: value for name, value in given.items() if value is not None}
    if isinstance(kept.get("emoji"), dict):
        kept["emoji"] = _without_nulls(kept["emoji"])
    return kept


def _check(wrong: Invalid, component: Json, path: Path) -> None:
    kind = component.get("type")
    if check := _CHECKS.get(cast(int, kind)):
        check(wrong, component, path)


def _check_row(wrong: Invalid, row: Json, path: Path) -> None:
    inside = _list(row.get("components"))
    selects = sum(each.get("type") in SELECTS for each in inside)
    most = 1 if selects else BUTTONS
    if not 1 <= len(inside) <= most:
        wrong.length(1, most, *path, "components")
    for number, each in enumerate(inside):
        place = (*path, "components", number)
        if each.get("type") not in SELECTS | {BUTTON}:
            wrong.choice(sorted(SELECTS | {BUTTON}), *place, "type")
        else:
            _check(wrong, each, place)


def _check_button(wrong: Invalid, button: Json, path: Path) -> None:
    style = button.get("style")
    if not isinstance(style, int) or not 1 <= style <= PREMIUM:
        wrong.choice(tuple(range(1, 7)), *path, "style")
        return
    if style == PREMIUM:
        return
    label = button.get("label")
    if label is not None:
        _check_text(wrong, label, 0, 80, (*path, "label"))
    if not label and not button.get("emoji"):
        wrong.add("BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", "A button must have a label or emoji", *path)
    if style == LINK:
        _check_text(wrong, button.get("url"), 1, 512, (*path, "url"))
        if button.get("custom_id"):
            wrong.add("BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", "A link has no custom id", *path)
    else:
        _check_text(wrong, button.get("custom_id"), 1, 100, (*path, "custom_id"))
        if button.get("url"):
            wrong.add("BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", "Only a link has a url", *path)


def _check_select(wrong: Invalid, select: Json, path: Path) -> None:
    _check_text(wrong, select.get("custom_id"), 1, 100, (*path, "custom_id"))
    if select.get("placeholder") is not None:
        _check_text(wrong, select["placeholder"], 0, 150, (*path, "placeholder"))
    bounds = [1 if select.get(name) is None else select[name] for name in ("min_values", "max_values")]
    for name, value, lowest in zip(("min_values", "max_values"), bounds, (0, 1), strict=True):
        if not isinstance(value, int) or not lowest <= value <= OPTIONS:
            wrong.add("NUMBER_TYPE_MAX", f"int value should be between {lowest} and {OPTIONS}.", *path, name)
            return
    if bounds[0] > bounds[1]:
        wrong.add("COMPONENT_SELECT_MIN_GREATER_THAN_MAX", "min_values is greater than max_values", *path)
    if select["type"] == STRING_SELECT:
        _check_options(wrong, _list(select.get("options")), bounds[1], path)
    elif len(_list(select.get("default_values"))) > bounds[1]:
        wrong.length(0, bounds[1], *path, "default_values")


def _check_options(wrong: Invalid, options: list[Json], most: int, path: Path) -> None:
    if not 1 <= len(options) <= OPTIONS:
        wrong.length(1, OPTIONS, *path, "options")
    values: set[Any] = set()
    for number, option in enumerate(options):
        place = (*path, "options", number)
        _check_text(wrong, option.get("label"), 1, 100, (*place, "label"))
        _check_text(wrong, option.get("value"), 1, 100, (*place, "value"))
        if option.get("description") is not None:
            _check_text(wrong, option["description"], 0, 100, (*place, "description"))
        if option.get("value") in values:
            words = "The specified option value is already used"
            wrong.add("SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", words, *place, "value")
        values.add(option.get("value"))
    if sum(bool(each.get("default")) for each in options) > most:
        wrong.add("SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES", f"Only {most} may be the default", *path, "options")


def _check_section(wrong: Invalid, section: Json, path: Path) -> None:
    inside = _list(section.get("components"))
    if not 1 <= len(inside) <= 3:
        wrong.length(1, 3, *path, "components")
    for number, each in enumerate(inside):
        if each.get("type") != TEXT:
            wrong.choice((TEXT,), *path, "components", number, "type")
        else:
            _check(wrong, each, (*path, "components", number))
    accessory = section.get("accessory")
    if not isinstance(accessory, dict) or cast(Json, accessory).get("type") not in (BUTTON, THUMBNAIL):
        wrong.choice((BUTTON, THUMBNAIL), *path, "accessory", "type")
    else:
        _check(wrong, cast(Json, accessory), (*path, "accessory"))


def _check_container(wrong: Invalid, container: Json, path: Path) -> None:
    for number, each in enumerate(_list(container.get("components"))):
        if each.get("type") not in _IN_CONTAINER:
            wrong.choice(sorted(_IN_CONTAINER), *path, "components", number, "type")
        else:
            _check(wrong, each, (*path, "components", number))


def _check_content(wrong: Invalid, text: Json, path: Path) -> None:
    _check_text(wrong, text.get("content"), 1, TEXTS, (*path, "content"))


def _check_text(wrong: Invalid, value: object, least: int, most: int, path: Path) -> None:
    if value is None or (value == "" and least):
        wrong.required(*path)
    elif not isinstance(value, str) or not least <= len(value) <= most:
        wrong.length(least, most, *path)


def _check_unique(wrong: Invalid, everything: list[tuple[Json, Path]], name: str, code: str) -> None:
    seen: set[object] = set()
    for each, path in everything:
        value = each.get(name)
        if value and value in seen:
            wrong.add(code, f"Component {name.replace('_', ' ')} cannot be duplicated", *path, name)
        seen.add(value)


def _list(value: object) -> list[Json]:
    return (
        [cast(Json, each) for each in cast(list[Any], value) if isinstance(each, dict)]
        if isinstance(value, list)
        else []
    )


_CHECKS: Mapping[int, Callable[[Invalid, Json, Path], None]] = {
    ROW: _check_row,
    BUTTON: _check_button,
    TEXT: _check_content,
    SECTION: _check_section,
    CONTAINER: _check_container,
    **dict.fromkeys(SELECTS, _check_select),
}
