"""What a message is to consist of, read from a request and checked; also for follow-ups and answers to interactions.

message = world.post(channel, call.bot, draft(world, call.body, call.files))
world.edit(message, **changes(world, message, call.body, call.files))
"""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.discordserver import components
from tests.discordserver.calls import File, objects
from tests.discordserver.core import Core
from tests.discordserver.deeds_messages import Draft
from tests.discordserver.errors import ApiError, Invalid
from tests.discordserver.state import COMPONENTS_V2, EPHEMERAL, SILENT, SUPPRESS_EMBEDS, Attachment, Json, Message

CHARACTERS, EMBEDS, FILES = 2000, 10, 10
EMBED_CHARACTERS = 6000
FILE_BYTES = 10 * 1024 * 1024
_SETTABLE = SUPPRESS_EMBEDS | SILENT | COMPONENTS_V2 | EPHEMERAL
_EMBED: Mapping[str, int] = {"title": 256, "description": 4096}
_NAMED: Mapping[str, tuple[str, int]] = {"footer": ("text", 2048), "author": ("name", 256)}


def draft(core: Core, body: Json, files: Sequence[File] = (), *, path: tuple[str | int, ...] = ()) -> Draft:
    """A new message. Raises 50035, or 50006 if there is nothing in it. `path`: where the body stands in the request."""
    made = Draft(
        content=str(body.get("content") or "").strip(),
        embeds=objects(body.get("embeds")),
        components=objects(body.get("components")),
        flags=int(body.get("flags") or 0) & _SETTABLE,
        allowed_mentions=body.get("allowed_mentions"),
        nonce=body.get("nonce"),
        tts=bool(body.get("tts")),
    )
    _check(made, path)
    made.attachments = _attachments(core, body, files, ())
    if not (made.content or made.embeds or made.components or made.attachments):
        raise ApiError(50006)
    made.embeds = [_embed_shown(each) for each in made.embeds]
    made.components = components.shown(list(made.components))
    return made


def changes(
    core: Core, message: Message, body: Json, files: Sequence[File] = (), *, path: tuple[str | int, ...] = ()
) -> Json:
    """What `World.edit` is to change: only what the body names. Null means to take away."""
    known = message.flags | (int(body.get("flags") or 0) & COMPONENTS_V2)
    if "flags" in body:
        known = known & ~SUPPRESS_EMBEDS | int(body["flags"] or 0) & SUPPRESS_EMBEDS
    made = Draft(
        content=str(body.get("content") or "").strip() if "content" in body else message.content,
        embeds=objects(body["embeds"]) if "embeds" in body else message.embeds,
        components=objects(body["components"]) if "components" in body else message.components,
        flags=known,
        allowed_mentions=body.get("allowed_mentions"),
    )
    _check(made, path)
    if "attachments" in body or files:
        made.attachments = _attachments(core, body, files, message.attachments)
    else:
        made.attachments = message.attachments
    if not (made.content or made.embeds or made.components or made.attachments):
        raise ApiError(50006)
    found: Json = {"flags": known, "allowed_mentions": made.allowed_mentions}
    if "content" in body:
        found["content"] = made.content
    if "embeds" in body:
        found["embeds"] = [_embed_shown(each) for each in made.embeds]
    if "components" in body:
        found["components"] = components.shown(list(made.components))
    if made.attachments is not message.attachments:
        found["attachments"] = made.attachments
    return found


def _check(made: Draft, path: tuple[str | int, ...]) -> None:
    wrong = Invalid()
    new = bool(made.flags & COMPONENTS_V2)
    if len(made.content) > CHARACTERS:
        wrong.add("BASE_TYPE_MAX_LENGTH", f"Must be {CHARACTERS} or fewer in length.", *path, "content")
    if new:
        for name in ("content", "embeds"):
            if getattr(made, name):
                words = f"The '{name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
                wrong.add("MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", words, *path, name)
    _check_embeds(wrong, list(made.embeds), (*path, "embeds"))
    components.check(wrong, list(made.components), new=new, path=(*path, "components"))
    if made.nonce is not None and len(str(made.nonce)) > 25:
        wrong.add("NONCE_TYPE_TOO_LONG", "Nonce must be 25 or fewer in length.", *path, "nonce")
    _check_mentions(wrong, made.allowed_mentions or {}, (*path, "allowed_mentions"))
    wrong.check()


def _check_mentions(wrong: Invalid, allowed: Json, path: tuple[str | int, ...]) -> None:
    for kind in ("users", "roles"):
        listed: list[Any] = allowed.get(kind) or []
        if listed and kind in (allowed.get("parse") or []):
            words = f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.'
            wrong.add("MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", words, *path)
        if len(listed) > 100:
            wrong.length(0, 100, *path, kind)


def _check_embeds(wrong: Invalid, embeds: list[Json], path: tuple[str | int, ...]) -> None:
    if len(embeds) > EMBEDS:
        wrong.length(0, EMBEDS, *path)
    total = 0
    for number, embed in enumerate(embeds):
        texts: list[tuple[object, int, tuple[str | int, ...]]] = [
            (embed.get(name), most, (name,)) for name, most in _EMBED.items()
        ]
        texts += [((embed.get(part) or {}).get(name), most, (part, name)) for part, (name, most) in _NAMED.items()]
        fields = objects(embed.get("fields"))
        if len(fields) > 25:
            wrong.length(0, 25, *path, number, "fields")
        for place, each in enumerate(fields):
            for name, most in (("name", 256), ("value", 1024)):
                if not each.get(name):
                    wrong.required(*path, number, "fields", place, name)
                texts.append((each.get(name), most, ("fields", place, name)))
        for text, most, place in texts:
            total += len(str(text or ""))
            if len(str(text or "")) > most:
                wrong.add("BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.", *path, number, *place)
    if total > EMBED_CHARACTERS:
        words = f"Embed size exceeds maximum size of {EMBED_CHARACTERS}"
        wrong.add("MAX_EMBED_SIZE_EXCEEDED", words, *path)


def _embed_shown(embed: Json) -> Json:
    kept = {name: value for name, value in embed.items() if value is not None}
    if "fields" in kept:
        kept["fields"] = [{"inline": False, **each} for each in objects(kept["fields"])]
    return {**kept, "type": "rich"}


def _attachments(core: Core, body: Json, files: Sequence[File], old: Sequence[Attachment]) -> list[Attachment]:
    """The files that came, with what is said about them, and those of the old that are to stay."""
    if any(len(each.content) > FILE_BYTES for each in files):
        raise ApiError(40005)
    said = {str(each.get("id")): each for each in objects(body.get("attachments"))}
    kept = [each for each in old if each.id in said or "attachments" not in body]
    for each in files:
        about = said.get(str(each.number), {})
        name = str(about.get("filename") or each.name)
        kept.append(Attachment(core.new_id(), name, each.content, each.type, str(about.get("description") or "")))
    if len(kept) > FILES:
        wrong = Invalid()
        wrong.length(0, FILES, "attachments")
        wrong.check()
    return kept
