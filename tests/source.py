"""Reading our own source, for the tests that watch over its shape."""

import ast
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("bot", "adapters", "storage", "topics")


@dataclass(frozen=True)
class Module:
    """One Python file: its dotted name and its text."""

    name: str
    text: str
    path: Path = Path()
    is_package: bool = False

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, str(self.path))

    @property
    def lines(self) -> int:
        return len(self.text.splitlines())


def modules(*packages: str) -> list[Module]:
    """Every Python file of these packages."""
    return [_module(path) for package in packages for path in sorted((ROOT / package).rglob("*.py"))]


def _module(path: Path) -> Module:
    parts = path.relative_to(ROOT).with_suffix("").parts
    is_package = parts[-1] == "__init__"
    name = ".".join(parts[:-1] if is_package else parts)
    return Module(name, path.read_text(encoding="utf-8"), path.relative_to(ROOT), is_package)


def tracked_files() -> list[Path]:
    """Every file that is kept in the repository or is about to be, relative to its root."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout.decode()
    return sorted(path for name in set(listed.split("\0")) if name and (ROOT / (path := Path(name))).is_file())


def imports(module: Module, nodes: Iterable[ast.AST] | None = None) -> Iterator[tuple[int, str]]:
    """The line and the dotted name of everything a module imports, wherever in it; `from a import b` gives `a.b`."""
    for node in ast.walk(module.tree) if nodes is None else nodes:
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _base(module, node)
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def _base(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = module.name.split(".") if module.is_package else module.name.split(".")[:-1]
    package = package[: len(package) - node.level + 1]
    return ".".join([*package, node.module] if node.module else package)


def late_imports(module: Module) -> Iterator[int]:
    """Lines of the imports inside functions and under `if TYPE_CHECKING`."""
    for node in ast.walk(module.tree):
        hidden = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or (
            isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        )
        if hidden:
            yield from (line for line, _ in imports(module, ast.walk(node)))


def import_graph(all_modules: Iterable[Module]) -> dict[str, set[str]]:
    """Which of these modules each of them imports."""
    by_name = {module.name: module for module in all_modules}
    graph: dict[str, set[str]] = {name: set() for name in by_name}
    for name, module in by_name.items():
        for _, imported in imports(module):
            target = imported if imported in by_name else imported.rpartition(".")[0]
            if target in by_name:
                graph[name].add(target)
    return graph


def circles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """The groups of modules that import each other in a circle: strongly connected components (Tarjan, 1972)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        index[name] = low[name] = len(index)
        stack.append(name)
        for target in sorted(graph[name]):
            if target not in index:
                visit(target)
                low[name] = min(low[name], low[target])
            elif target in stack:
                low[name] = min(low[name], index[target])
        if low[name] == index[name]:
            cut = stack.index(name)
            group, stack[cut:] = stack[cut:], []
            if len(group) > 1 or name in graph[name]:
                found.append(sorted(group))

    for name in sorted(graph):
        if name not in index:
            visit(name)
    return found


def functions(module: Module) -> Iterator[tuple[str, int, int]]:
    """The name, first line and number of lines of each function."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node.lineno, (node.end_lineno or node.lineno) - node.lineno + 1


def calls(module: Module) -> Iterator[tuple[int, str, ast.Call]]:
    """The line, the dotted name with imported names written out, and the node of each call of a name."""
    known: dict[str, str] = {}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            known.update({a.asname: a.name for a in node.names if a.asname})
        elif isinstance(node, ast.ImportFrom):
            known.update({(a.asname or a.name): f"{_base(module, node)}.{a.name}" for a in node.names})
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and (name := dotted(node.func, known)):
            yield node.lineno, name, node


def dotted(node: ast.AST, known: Mapping[str, str] | None = None) -> str:
    """`a.b.c` for such an expression, its first name replaced by what it was imported as; else an empty text."""
    if isinstance(node, ast.Name):
        return (known or {}).get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        base = dotted(node.value, known)
        return f"{base}.{node.attr}" if base else ""
    return ""
