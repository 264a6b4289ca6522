"""Putting a site into a folder: all of it or nothing, and never over files that are not the site's own."""

import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path

from bot.site.pages import Files

MARK = ".counterpart-site"
"""The file that says which files in a folder are those of a site that was built there."""
_SHOWN = 3


class NotOurs(Exception):
    """The folder holds files that no build has put there. The text says which, and what to do."""


def write_site(out: Path, files: Files) -> None:
    """Make the folder hold exactly these files. Raises NotOurs, or OSError when that cannot be; then all is as it was.

    The site is written beside the folder, and takes its place when it is whole: nobody ever reads half of it.
    """
    out = out.resolve()
    if out.name:
        _sweep(out)
    check_folder(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    beside = out.with_name(f".{out.name}.{secrets.token_hex(4)}.new")
    try:
        _write_all(beside, files)
        if out.is_dir():
            shutil.copymode(out, beside)
        _swap(out, beside)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def check_folder(out: Path) -> None:
    """Raises NotOurs where a folder, if it is there, holds anything that is not of a site that was built in it."""
    if not out.exists():
        return
    if not out.is_dir() or not out.name:
        raise NotOurs(f"{out} cannot hold a site. Name a folder of its own for it.")
    ours = _ours(out)
    foreign = [path for path in _files(out) if path not in ours]
    if foreign:
        some = ", ".join(sorted(foreign)[:_SHOWN]) + (" …" if len(foreign) > _SHOWN else "")
        raise NotOurs(
            f"{out} holds files that are not of a site built there ({some}). They would be lost: name an empty or new"
            " folder, or take them out first. Nothing was changed."
        )


def _ours(folder: Path) -> frozenset[str]:
    mark = folder / MARK
    if not mark.is_file():
        return frozenset()
    return frozenset((MARK, *mark.read_text(encoding="utf-8").splitlines()))


def _files(folder: Path) -> Iterable[str]:
    """Whatever is in a folder but folders, by its path within; a link to a folder is no folder of ours."""
    for path in folder.rglob("*"):
        if path.is_symlink() or not path.is_dir():
            yield path.relative_to(folder).as_posix()


def _write_all(folder: Path, files: Files) -> None:
    folder.mkdir()
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (folder / MARK).write_text("".join(f"{name}\n" for name in sorted(files)), encoding="utf-8", newline="\n")


def _swap(out: Path, beside: Path) -> None:
    """Put the new folder in the place of the old one; should that fail, the old one comes back."""
    if not out.exists():
        beside.rename(out)
        return
    old = out.with_name(f".{out.name}.{secrets.token_hex(4)}.old")
    out.rename(old)
    try:
        beside.rename(out)
    except OSError:
        old.rename(out)
        raise
    shutil.rmtree(old)


def _sweep(out: Path) -> None:
    """Take away what builds that were cut off have left beside the folder; the last whole site comes back first."""
    if not out.parent.is_dir():
        return
    for left in sorted(out.parent.glob(f".{out.name}.????????.old")):
        if (left / MARK).is_file() and not out.exists():
            left.rename(out)
        elif (left / MARK).is_file():
            shutil.rmtree(left)
    for left in out.parent.glob(f".{out.name}.????????.new"):
        shutil.rmtree(left)
