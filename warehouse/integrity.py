"""Whether kept files still hold what they held when they were written. Called by `archive`, `staged`, `overlays` and
`spatial_derivations` whenever a file is used; `pipeline` says how a damaged staged file is made again.

A file is hashed once in a process, and again when its inode, time or size is another.
"""

from collections.abc import Callable
from pathlib import Path

from warehouse.durable import sha256_of, whole_file
from warehouse.home import Home

HASH_DIGITS = 12  # of a SHA-256 in a file's name: 48 bits, of which damage leaves the same once in 10^14


class DamagedArchive(RuntimeError):
    """An original in the archive is damaged or gone; only a backup has it."""

    def __init__(self, path: Path, sha256: str) -> None:
        super().__init__(
            f"存档原件已损坏或缺失，内容与其编号不符：{path}；请从备份恢复：warehouse restore <备份> --into <仓库> --file "
            f"archive/{sha256[:2]}/{sha256} (this archived original is damaged or gone, it no longer has the hash "
            f"{sha256[:HASH_DIGITS]}…: put it back from a backup)"
        )
        self.path = path
        self.sha256 = sha256


class DamagedStaged(RuntimeError):
    """A staged file is damaged or gone, and its archived original can no longer be read."""

    def __init__(self, path: Path, reason: str) -> None:
        submission = path.name.rpartition("-")[0]
        super().__init__(
            f"暂存文件已损坏或缺失，且存档原件现在读不出来：{path}（{reason}）；请改正程序，或撤回它："
            f"warehouse withdraw {submission} --because … (this staged file is damaged or gone, and its original can no "
            "longer be read: correct the program, or withdraw the submission)"
        )
        self.path = path


_known_as: dict[tuple[str, int, int, int], str] = {}
_make_again: Callable[[Home, str], str] | None = None


def known_hash(path: Path) -> str:
    """SHA-256 of a file, computed once in this process while the file stays as it is. Raises OSError."""
    status = path.stat()
    key = (str(path), status.st_ino, status.st_mtime_ns, status.st_size)
    if key not in _known_as:
        _known_as[key] = sha256_of(path)
    return _known_as[key]


def note_hash(path: Path) -> None:
    """Keep the hash of a file that has just been written beside it, for `is_whole`."""
    with whole_file(_hash_of(path)) as temporary:
        temporary.write_text(sha256_of(path), encoding="ascii")


def is_whole(path: Path) -> bool:
    """Whether a file is there with the hash that was kept beside it. Where none was kept (earlier code), it is taken as
    it is.
    """
    noted = _hash_of(path)
    return path.is_file() and (not noted.is_file() or noted.read_text(encoding="ascii") == known_hash(path))


def _hash_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")


def make_again_with(make_again: Callable[[Home, str], str]) -> None:
    """Set what makes a damaged staged file again, from (home, its path relative to the home), and gives the path of what
    takes its place: reading the original is the business of rooms that this one does not know.
    """
    global _make_again
    _make_again = make_again


def made_again(home: Home, staged_as: str) -> str | None:
    """Have a damaged staged file made again; gives the path of what takes its place, relative to the home, None where
    nothing was set that could. Raises what that raises.
    """
    return None if _make_again is None else _make_again(home, staged_as)
