"""The shape of the house: who may import whom, sizes, and what must never be in it (docs/architecture.md)."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions

import pytest

from tests.source import (
    PACKAGES,
    ROOT,
    Module,
    calls,
    circles,
    functions,
    import_graph,
    imports,
    late_imports,
    modules,
    tracked_files,
)

MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "topics": (),
    "storage": (),
    "bot.world": (),
    "bot.language": (),
    "bot.settings": (),
    "bot.errors": (),
    "bot.engine": ("bot.language", "bot.world", "bot.errors", "storage"),
    "bot.flows": ("bot.language", "bot.world", "bot.errors", "storage"),
    "bot.evaluation": ("bot.world", "topics"),
    "bot.program": (
        "bot.engine",
        "bot.evaluation",
        "bot.flows",
        "bot.language",
        "bot.world",
        "bot.errors",
        "storage",
        "topics",
    ),
    "bot": ("bot", "storage", "topics"),
    "adapters": ("bot.language", "bot.world"),
}
"""What each part may import besides itself; the longest name that fits counts (`bot`: its outermost ones)."""

COMMAND_LINE = ("bot.__main__", "bot.cli")
"""Where printing is the purpose."""

LINES, FUNCTION_LINES = 300, 60
PICTURES = {".png", ".gif", ".ico", ".jpg", ".woff2"}
MACHINE_PATH = re.compile(r"(?<![\w.:/-])/(?:work|root|home|Users|opt/\w+)/[\w.]")
PACKAGE_INDEX = re.compile(
    r"pypi[.]org/simple|files[.]pythonhosted|registry[.]npmjs|--(?:extra-)?index-url[= ]|--find-links[= ]"
)


def within(name: str, part: str) -> bool:
    return name == part or name.startswith(f"{part}.")


def part_of(name: str) -> str:
    if within(name, "adapters") and name.count("."):
        return ".".join(name.split(".")[:2])
    return max((part for part in MAY_IMPORT if within(name, part)), key=len)


def forbidden_imports(module: Module) -> Iterator[str]:
    own = part_of(module.name)
    allowed = MAY_IMPORT["adapters" if within(own, "adapters") else own]
    for line, imported in imports(module):
        if not any(within(imported, package) for package in PACKAGES) or within(imported, own):
            continue
        if not any(within(imported, part) for part in allowed):
            yield f"{module.path}:{line} {module.name} may not import {imported}"


def test_parts_import_only_what_they_may() -> None:
    assert [finding for module in modules(*PACKAGES) for finding in forbidden_imports(module)] == []


@pytest.mark.parametrize(
    ("name", "text", "wrong"),
    [
        ("storage.people", "from storage import columns", 0),
        ("storage.people", "from bot.language.places import Address", 1),
        ("topics.kit", "def f():\n    import storage.people", 1),
        ("bot.world.zones", "from bot.flows import spec", 1),
        ("bot.engine.courier", "from bot.language import acts\nfrom storage import traffic\nimport asyncio", 0),
        ("bot.engine.courier", "from bot.program import rounds", 1),
        ("bot.flows.engine", "from ..program import rounds", 1),
        ("bot.program.rounds", "from topics.kit import load\nfrom bot.engine import outbox", 0),
        ("bot.program.rounds", "from bot.app import build", 1),
        ("bot.app", "import adapters.local.wiring", 1),
        ("bot.app", "from bot.program import rounds\nfrom bot.settings import Settings", 0),
        ("adapters.local.render", "from adapters.local import shelf\nfrom bot.language.acts import Post", 0),
        ("adapters.local.render", "from adapters.slack import render\nfrom bot.engine import clock", 2),
    ],
)
def test_the_import_rule_sees(name: str, text: str, wrong: int) -> None:
    assert len(list(forbidden_imports(Module(name, text)))) == wrong


def test_what_is_imported_is_declared() -> None:
    """Nothing is used that only another package happens to bring along."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    declared = {_plain_name(line) for group in groups for line in group}
    brought_by = packages_distributions()
    known = {*PACKAGES, *sys.stdlib_module_names}
    undeclared = [
        f"{module.path}:{line} {imported}"
        for module in modules(*PACKAGES)
        for line, imported in imports(module)
        if (top := imported.split(".")[0]) not in known
        and not {_plain_name(name) for name in brought_by.get(top, ())} & declared
    ]
    assert undeclared == []


def _plain_name(requirement: str) -> str:
    found = re.match(r"[\w.-]+", requirement)
    return re.sub(r"[-_.]+", "-", found.group()).lower() if found else ""


def test_no_import_circles() -> None:
    assert circles(import_graph(modules(*PACKAGES))) == []


def test_circles_are_found() -> None:
    files = {"a": "import b", "b": "from c import thing", "c": "from a import other", "d": "import a"}
    assert circles(import_graph(Module(name, text) for name, text in files.items())) == [["a", "b", "c"]]


def test_imports_stand_at_the_top() -> None:
    late = [f"{module.path}:{line}" for module in modules(*PACKAGES) for line in late_imports(module)]
    assert late == [], "no import inside a function or under TYPE_CHECKING"


def test_files_are_short() -> None:
    suffixes = {".py", ".js", ".css", ".html"}
    long = [
        f"{path}: {count} lines"
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*"))
        if path.suffix in suffixes and "migrations" not in path.parts
        if (count := len(path.read_text(encoding="utf-8").splitlines())) >= LINES
    ]
    assert long == []


def test_functions_are_short() -> None:
    long = [
        f"{module.path}:{line} {name}: {length} lines"
        for module in modules(*PACKAGES)
        if "migrations" not in module.path.parts
        for name, line, length in functions(module)
        if length > FUNCTION_LINES
    ]
    assert long == []


def test_only_the_command_line_prints() -> None:
    prints = [
        f"{module.path}:{line}"
        for module in modules(*PACKAGES)
        if not any(within(module.name, part) for part in COMMAND_LINE)
        for line, name, _ in calls(module)
        if name == "print"
    ]
    assert prints == []


def dishonest(module: Module) -> Iterator[str]:
    """What makes a test prove less than it seems to: stand-ins for our own code, waiting, and not running at all."""
    for line, imported in imports(module):
        if imported.split(".")[0] in ("mock", "pytest_mock") or within(imported, "unittest.mock"):
            yield f"{module.path}:{line} imports {imported}"
    for line, name, call in calls(module):
        yields = name == "asyncio.sleep" and call.args and ast.unparse(call.args[0]) == "0"
        if (name in ("time.sleep", "asyncio.sleep") or name.endswith(".wait_for_timeout")) and not yields:
            yield f"{module.path}:{line} waits with {name}"
        elif name in ("pytest.skip", "pytest.importorskip", "pytest.xfail"):
            yield f"{module.path}:{line} does not run ({name})"
        elif name.endswith("monkeypatch.setattr") and _is_ours(module, call):
            yield f"{module.path}:{line} replaces our own code"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and re.fullmatch(r"pytest\.mark\.(skip|skipif|xfail)", ast.unparse(node)):
            yield f"{module.path}:{node.lineno} does not run"


def _is_ours(module: Module, call: ast.Call) -> bool:
    """Whether what is patched is ours: named in a text, imported from our packages, or a thing made in the test."""
    if not call.args:
        return True
    first = call.args[0]
    if isinstance(first, ast.Constant):
        return str(first.value).split(".")[0] in PACKAGES
    root = ast.unparse(first).split(".")[0]
    sources = [imported for _, imported in imports(module) if root in (imported.split(".")[0], imported.split(".")[-1])]
    return not sources or any(source.split(".")[0] in PACKAGES for source in sources)


def test_tests_are_honest() -> None:
    assert [finding for module in modules("tests") for finding in dishonest(module)] == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("from unittest import mock", 1),
        ("from time import sleep\nsleep(1)", 1),
        ("import asyncio\nawait asyncio.sleep(0)", 0),
        ("import asyncio\nawait asyncio.sleep(0.1)", 1),
        ("import pytest\n@pytest.mark.skip\ndef f(): ...", 1),
        ("from bot.engine import clock\nmonkeypatch.setattr(clock, 'now', 1)", 1),
        ("monkeypatch.setattr('storage.people.find', 1)", 1),
        ("from discord.http import Route\nmonkeypatch.setattr(Route, 'BASE', 'x')", 0),
        ("monkeypatch.setenv('A', 'b')", 0),
    ],
)
def test_dishonesty_is_seen(text: str, wrong: int) -> None:
    assert len(list(dishonest(Module("tests.sample", text)))) == wrong


def test_kept_files_are_text_that_fits_every_machine() -> None:
    findings: list[str] = []
    for path in tracked_files():
        if path.suffix in PICTURES:
            continue
        try:
            text = (ROOT / path).read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            findings.append(f"{path}: not UTF-8 ({error.reason} at byte {error.start})")
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if MACHINE_PATH.search(line):
                findings.append(f"{path}:{number} names a path of one machine")
            if PACKAGE_INDEX.search(line):
                findings.append(f"{path}:{number} names a package index")
    assert findings == []
