"""A site takes a folder's place as a whole, and nobody else's files are touched."""

from pathlib import Path

import pytest

from bot.site.writing import MARK, NotOurs, write_site

FILES = {"index.html": b"one", "stories/2/index.html": b"a story", "style.css": b"p {}"}


def held(folder: Path) -> dict[str, bytes]:
    """All files of a folder but the mark."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != MARK]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def beside(folder: Path) -> list[str]:
    """What lies beside the site."""
    return sorted(path.name for path in folder.parent.iterdir() if path != folder)


@pytest.mark.parametrize("there", [False, True])
def test_a_site_is_written_into_a_new_folder_or_an_empty_one(tmp_path: Path, there: bool) -> None:
    out = tmp_path / "deep" / "site"
    if there:
        out.mkdir(parents=True)
    write_site(out, FILES)
    assert held(out) == FILES
    assert beside(out) == []


def test_what_is_no_part_of_the_site_any_more_goes(tmp_path: Path) -> None:
    out = tmp_path / "site"
    write_site(out, FILES)
    write_site(out, {"index.html": b"two"})
    assert held(out) == {"index.html": b"two"}
    assert not (out / "stories").exists() and beside(out) == []


def test_the_same_files_give_the_same_folder(tmp_path: Path) -> None:
    write_site(tmp_path / "one", FILES)
    write_site(tmp_path / "other", dict(reversed(FILES.items())))
    assert (tmp_path / "one" / MARK).read_bytes() == (tmp_path / "other" / MARK).read_bytes()


@pytest.mark.parametrize("foreign", ["notes.txt", "stories/mine.html", ".git/HEAD", ".htaccess"])
@pytest.mark.parametrize("built", [False, True])
def test_a_folder_with_somebody_elses_files_is_left_as_it_is(tmp_path: Path, foreign: str, built: bool) -> None:
    out = tmp_path / "site"
    if built:
        write_site(out, FILES)
    (out / foreign).parent.mkdir(parents=True, exist_ok=True)
    (out / foreign).write_bytes(b"mine")
    before = held(out)
    with pytest.raises(NotOurs, match=foreign.replace(".", r"\.")):
        write_site(out, {"index.html": b"two"})
    assert held(out) == before and beside(out) == []


def test_a_link_in_the_folder_is_somebodys_and_is_not_followed(tmp_path: Path) -> None:
    out, elsewhere = tmp_path / "site", tmp_path / "elsewhere"
    write_site(out, FILES)
    elsewhere.mkdir()
    (elsewhere / "kept.txt").write_bytes(b"kept")
    (out / "link").symlink_to(elsewhere, target_is_directory=True)
    with pytest.raises(NotOurs, match="link"):
        write_site(out, FILES)
    assert (elsewhere / "kept.txt").read_bytes() == b"kept"


def test_a_site_behind_a_link_is_replaced_and_the_link_stays(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "public").symlink_to(tmp_path / "real", target_is_directory=True)
    write_site(tmp_path / "public", FILES)
    write_site(tmp_path / "public", {"index.html": b"two"})
    assert (tmp_path / "public").is_symlink() and held(tmp_path / "real") == {"index.html": b"two"}


def test_a_file_and_the_root_are_no_folders_for_a_site(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"mine")
    for out in (tmp_path / "file", Path("/")):
        with pytest.raises(NotOurs, match="Name a folder of its own"):
            write_site(out, FILES)
    assert (tmp_path / "file").read_bytes() == b"mine"


def test_what_cannot_be_written_leaves_the_old_site(tmp_path: Path) -> None:
    out = tmp_path / "site"
    write_site(out, FILES)
    with pytest.raises(OSError, match=r"index\.html"):
        write_site(out, {"index.html": b"two", "index.html/below": b"no folder can be here"})
    assert held(out) == FILES and beside(out) == []


def test_the_folder_stays_readable_for_whoever_could_read_it(tmp_path: Path) -> None:
    out = tmp_path / "site"
    write_site(out, FILES)
    out.chmod(0o751)
    write_site(out, FILES)
    assert out.stat().st_mode & 0o777 == 0o751


def test_what_a_build_left_that_was_cut_off_is_cleared_up(tmp_path: Path) -> None:
    out = tmp_path / "site"
    write_site(out, FILES)
    out.rename(tmp_path / ".site.0123abcd.old")
    write_site(tmp_path / ".site.89abcdef.new", {"index.html": b"half"})
    (tmp_path / ".site.mine").mkdir()
    write_site(out, {"index.html": b"two"})
    assert held(out) == {"index.html": b"two"} and beside(out) == [".site.mine"]
