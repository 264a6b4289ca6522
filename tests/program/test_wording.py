"""Every text that the code says exists, is given what it asks for, and no text is there for nothing."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest
from jinja2 import Environment, meta

from bot.app import kit_of
from bot.language.markup import Markdown, plain
from bot.program.wording import Kits, Wording
from tests.source import ROOT, Module, modules
from topics.kit import base_texts
from topics.model import Kit

KITS = ("librarians", "teachers")
GLOBALS = {"program", "contact"}
_KEY = re.compile(r"[a-z]+(\.[a-z_]+)+")
FILES = ("csv", "html", "json", "pdf", "png", "svg", "xml", "zip")
"""How the names of files end: `story.html` is no text."""


@cache
def kit(name: str = "teachers") -> Kit:
    return kit_of(name)[name]


@cache
def base() -> dict[str, str]:
    return dict(base_texts())


def sources() -> list[Module]:
    return [module for module in modules("bot") if "bot.world" not in module.name]


def said(tree: ast.AST) -> Iterator[tuple[int, str, str]]:
    """Line, beginning and end of every string that may be a text's key; the end is empty for a whole key."""
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inner:
            yield node.lineno, node.value, ""
        elif isinstance(node, ast.JoinedStr) and node.values and isinstance(node.values[0], ast.Constant):
            last = node.values[-1]
            end = str(last.value) if isinstance(last, ast.Constant) and len(node.values) > 1 else ""
            yield node.lineno, str(node.values[0].value), end or "*"


@cache
def found() -> tuple[tuple[str, str, str], ...]:
    in_code = tuple((f"{m.path}:{line}", first, end) for m in sources() for line, first, end in said(m.tree))
    return (*in_code, *in_templates())


def in_templates() -> Iterator[tuple[str, str, str]]:
    """The keys that pages of the site ask for: `words("site.skip")`, `words("site.nav." ~ name)`."""
    for path in sorted((ROOT / "bot" / "site" / "templates").glob("*.html")):
        for key, open_end in re.findall(r"""["'](site[.][a-z_.]+)["']( ~)?""", path.read_text(encoding="utf-8")):
            yield path.name, key, "*" if open_end else ""


def test_each_key_in_the_code_has_a_text() -> None:
    spaces = {key.split(".")[0] for key in base()}
    missing = [
        f"{where} {key}"
        for where, key, end in found()
        if not end and _KEY.fullmatch(key) and key.split(".")[0] in spaces and key not in base()
        if key.rpartition(".")[2] not in FILES
    ]
    assert missing == []


def test_each_text_is_said_somewhere() -> None:
    whole = {key for _, key, end in found() if not end}
    begun = {(first, end) for _, first, end in found() if end and "." in first}
    idle = [
        key
        for key in base()
        if key not in whole
        and not any(key.startswith(first) and (end == "*" or key.endswith(end)) for first, end in begun)
    ]
    assert idle == []


def calls() -> Iterator[tuple[str, str, set[str]]]:
    """Where a text is said by its key with placeholders written out: place, key, what is given."""
    for module in sources():
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            keys = [a.value for a in node.args[:2] if isinstance(a, ast.Constant) and a.value in base()]
            keys += [
                branch.value
                for a in node.args[:2]
                if isinstance(a, ast.IfExp)
                for branch in (a.body, a.orelse)
                if isinstance(branch, ast.Constant) and branch.value in base()
            ]
            if name not in ("say", "Problem", "Trouble", "NotAllowed") or any(k.arg is None for k in node.keywords):
                continue
            for key in keys:
                yield f"{module.path}:{node.lineno}", str(key), {k.arg for k in node.keywords if k.arg}


def wanted(template: str) -> set[str]:
    return meta.find_undeclared_variables(Environment().parse(template)) - GLOBALS


def test_each_text_is_given_what_it_asks_for() -> None:
    checked = list(calls())
    assert len({key for _, key, _ in checked}) > 100, "most texts are said in plain sight"
    lacking = [f"{where} {key}: {sorted(wanted(base()[key]) - given)}" for where, key, given in checked]
    assert [line for line in lacking if not line.endswith("[]")] == []


@pytest.mark.parametrize("name", KITS)
def test_base_texts_know_no_profession(name: str) -> None:
    assert [key for key, text in base().items() if re.search(r"librar|teacher|school|class", text, re.I)] == []
    assert kit(name).texts.keys() == base().keys()


def test_outside_text_is_escaped_and_markdown_is_not() -> None:
    wording = Wording(kit())
    hostile = "**x** @everyone <!channel> [a](http://b.example)"
    shown = wording.say("command.unknown", command=hostile, meant="")
    assert hostile not in shown and hostile in plain(shown)
    assert "**x**" in wording.say("command.unknown", command=Markdown("**x**"), meant="")


def test_a_text_without_what_it_needs_is_a_fault() -> None:
    wording = Wording(kit())
    with pytest.raises(Exception, match="command"):
        wording.say("command.unknown")
    with pytest.raises(KeyError):
        wording.say("command.of_the_future")


def test_no_text_reaches_into_the_program() -> None:
    with pytest.raises(Exception, match="unsafe"):
        Wording(replace(kit(), texts={"reach": "{{ ''.__class__.__mro__ }}"})).say("reach")


def test_kits_by_name() -> None:
    kits = Kits({name: kit(name) for name in KITS})
    assert "teachers" in kits and "doctors" not in kits
    assert kits["librarians"].kit.slug == "librarians"
