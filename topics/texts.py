"""The sentences a program says: Jinja templates by key, the base ones and a kit's own in their place."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from jinja2 import Environment, TemplateSyntaxError, meta, nodes

from topics.lines import Path as Where
from topics.problems import Findings, listed, suggestion
from topics.sheet import Sheet, read_sheet

BASE = Path(__file__).parent / "base"
"""The folder of the sentences that every program says unless its kit has its own."""

_PLACEHOLDER = re.compile(r"\{\{|\{%|\{#")
_ELSEWHERE = (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)


@dataclass(frozen=True, slots=True)
class Texts:
    """The templates of one file by key, and where each stands in it. A file that is absent has none."""

    templates: Mapping[str, str] = field(default_factory=dict[str, str])
    places: Mapping[str, Where] = field(default_factory=dict[str, Where])
    sheet: Sheet | None = None


def read_texts(path: Path, findings: Findings) -> Texts:
    """The templates of a file, tables within [texts] as dotted keys."""
    if not path.exists():
        return Texts()
    sheet = read_sheet(path, findings)
    if sheet is None:
        return Texts()
    for name in sheet.data:
        if name != "texts":
            sheet.wrong((name,), f"unknown table `{name}`: texts stand in the table [texts]")
    templates: dict[str, str] = {}
    places: dict[str, Where] = {}
    if "texts" in sheet.data:
        _collect(sheet, ("texts",), sheet.data["texts"], templates, places)
    return Texts(templates, places, sheet)


def read_base(folder: Path, findings: Findings) -> dict[str, str]:
    """The templates of every TOML file in a folder by key; notes each that is no valid template."""
    found: dict[str, str] = {}
    for path in sorted(folder.glob("*.toml")):
        texts = read_texts(path, findings)
        for key, template in texts.templates.items():
            _parse(texts, key)
            found[key] = template
    return found


def check_own(texts: Texts, base: Mapping[str, str]) -> None:
    """Note each of a kit's texts that replaces none of the base, or asks for what the one replaced does not have."""
    if not texts.templates:
        return
    filters, tests = _helpers()
    filters |= {node.name for template in base.values() for node in _filters(template)}
    for key in texts.templates:
        tree = _parse(texts, key)
        if key not in base:
            _wrong(texts, key, f"there is no text `{key}` to replace{suggestion(key, base)}", header=True)
        elif tree is not None:
            _check_placeholders(texts, key, tree, base[key])
            _check_helpers(texts, key, tree, filters, tests)


def check_no_placeholders(file: str, text: str, findings: Findings) -> None:
    """Note placeholders in a Markdown file, where people would see them as they are."""
    for number, line in enumerate(text.split("\n"), start=1):
        if _PLACEHOLDER.search(line):
            findings.add(file, number, "placeholders work in texts.toml only: write plain words here")


def _collect(sheet: Sheet, where: Where, raw: object, templates: dict[str, str], places: dict[str, Where]) -> None:
    if isinstance(raw, Mapping):
        for name, inner in cast("Mapping[str, object]", raw).items():
            _collect(sheet, (*where, name), inner, templates, places)
    elif isinstance(raw, str) and len(where) > 1:
        key = ".".join(str(part) for part in where[1:])
        templates[key] = raw
        places[key] = where
    else:
        sheet.wrong(where, f"`{where[-1]}` must be text in quotes" if len(where) > 1 else "`texts` must be a table")


def _environment() -> Environment:
    return Environment(autoescape=False)


def _helpers() -> tuple[set[str], set[str]]:
    """The names of the filters and tests that come with Jinja."""
    environment = cast("Any", _environment())
    return set(environment.filters), set(environment.tests)


def _parse(texts: Texts, key: str) -> nodes.Template | None:
    try:
        return _environment().parse(texts.templates[key])
    except TemplateSyntaxError as error:
        _wrong(texts, key, f"the text `{key}` is no valid template: {error.message}", error.lineno)
        return None


def _filters(template: str) -> list[nodes.Filter]:
    try:
        return list(_environment().parse(template).find_all(nodes.Filter))
    except TemplateSyntaxError:
        return []


def _placeholders(template: str) -> set[str]:
    """What a template wants to be given. Raises TemplateSyntaxError."""
    environment = _environment()
    tree = environment.parse(template)
    # Jinja looks every filter and test up even for this; those it lacks are another finding, or the program's own.
    helpers = cast("Any", environment)
    for node in tree.find_all((nodes.Filter, nodes.Test)):
        (helpers.filters if isinstance(node, nodes.Filter) else helpers.tests).setdefault(node.name, str)
    return meta.find_undeclared_variables(tree)


def _check_placeholders(texts: Texts, key: str, tree: nodes.Template, base: str) -> None:
    try:
        known = _placeholders(base)
    except TemplateSyntaxError:
        return
    unknown = _placeholders(texts.templates[key]) - known
    for node in tree.find_all(nodes.Name):
        if node.name in unknown:
            hint = suggestion(node.name, known) or (f": it has {listed(sorted(known))}" if known else ": it has none")
            _wrong(texts, key, f"the text `{key}` has no placeholder `{node.name}`{hint}", node.lineno)


def _check_helpers(texts: Texts, key: str, tree: nodes.Template, filters: set[str], tests: set[str]) -> None:
    for node in tree.find_all(nodes.Filter):
        if node.name not in filters:
            _wrong(texts, key, f"there is no filter `{node.name}`{suggestion(node.name, filters)}", node.lineno)
    for node in tree.find_all(nodes.Test):
        if node.name not in tests:
            _wrong(texts, key, f"there is no test `{node.name}`{suggestion(node.name, tests)}", node.lineno)
    for node in tree.find_all(_ELSEWHERE):
        _wrong(texts, key, "a text cannot take in other files", node.lineno)


def _wrong(texts: Texts, key: str, text: str, line: int = 1, header: bool = False) -> None:
    """Note a mistake on that line (from 1) of the template, or where its key stands."""
    sheet, where = texts.sheet, texts.places[key]
    if sheet is None:
        return
    first = sheet.lines.of(where) if header else sheet.lines.contents.get(where, sheet.lines.of(where))
    sheet.findings.add(sheet.file, first + line - 1, text)
