"""The warehouse home: one folder that holds all state; every room takes its paths from here."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]


def packages() -> frozenset[str]:
    """Names of the project's packages: the folders of the checkout that hold Python modules."""
    return frozenset(path.parent.name for path in CHECKOUT.glob("*/__init__.py"))


SECRETS = ("secrets.json", "passwords.json", "airflow.db")  # in the folder of Airflow
UNUSABLE = {
    "?": "DuckDB cannot write where the path has a question mark",
    "$": "Airflow takes what follows a dollar sign for a variable of the environment",
}
"""What no home's path may hold, and why (decision 0020)."""


UMASK = 0o027
"""A home is its owner's to write and its group's to read: folders 0750, files 0640 (0440 where they never change)."""
OTHERS, GROUP_AND_OTHERS = 0o007, 0o077
OWN_FOLDER, OWN_FILE = 0o700, 0o600  # logs and secrets: their owner's alone


def keep_modes() -> None:
    """Lets whatever this process and its children make from now on have the modes of a home. Called where one begins."""
    os.umask(UMASK)


def own_file(path: Path) -> Path:
    """A file that only its owner reads (a log, a secret); made so where it is not there. Gives its path. Raises OSError."""
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, OWN_FILE))
    return path


class UnusableHome(RuntimeError):
    """The folder cannot be a warehouse home; the message says why."""


def _url(variable: str) -> str | None:
    """A server's URL by a variable of the environment, else by the file that the variable with _FILE names. One that is set
    and empty says that there is no server.
    """
    url, secret = os.environ.get(variable), os.environ.get(f"{variable}_FILE")
    if url is None and secret:
        url = Path(secret).read_text(encoding="utf-8").strip()
    return url or None


@dataclass(frozen=True)
class Home:
    """The folder that holds all state. Properties name its parts; `ensure` makes them.

    ledger_server: SQLAlchemy URL of a ledger on a server, where it is not the embedded one. It belongs to one home, so
    a second home made beside it (a rebuild, a copy) has a ledger of its own. bi_server: likewise, URL of the PostgreSQL
    database on which BI tools read the current build; None where there is none.
    Raises UnusableHome for a path that holds one of UNUSABLE.
    """

    root: Path
    ledger_server: str | None = None
    bi_server: str | None = None

    def __post_init__(self) -> None:
        for mark, reason in UNUSABLE.items():
            if mark in str(self.root):
                raise UnusableHome(f"仓库路径中不能有“{mark}” ({reason}): {self.root}")

    @classmethod
    def from_env(cls) -> "Home":
        """The home that WAREHOUSE_HOME names, else `var/` in the checkout.

        WAREHOUSE_LEDGER_URL, or the content of the file that WAREHOUSE_LEDGER_URL_FILE names (a secret), is the URL of
        its ledger's server; without them the ledger is embedded. WAREHOUSE_BI_URL likewise that of the BI server.
        Raises FileNotFoundError.
        """
        named = os.environ.get("WAREHOUSE_HOME")
        root = Path(named).expanduser().resolve() if named else CHECKOUT / "var"
        return cls(root, _url("WAREHOUSE_LEDGER_URL"), _url("WAREHOUSE_BI_URL"))

    @property
    def identity_file(self) -> Path:
        """The id of this home, which its ledger knows too."""
        return self.root / "home.json"

    @property
    def settings_file(self) -> Path:
        """What an operator may set (TOML); see warehouse.settings. Not there: every default."""
        return self.root / "settings.toml"

    @property
    def inbox(self) -> Path:
        """Where people drop files: <dataset>/<file>, <dataset>/<sender>/<file>, or a file at its root."""
        return self.root / "inbox"

    @property
    def archive(self) -> Path:
        """Every file that was ever received, under the hash of its content."""
        return self.root / "archive"

    @property
    def staged(self) -> Path:
        """The staged file (Parquet) of each submission."""
        return self.root / "staged"

    @property
    def overlays(self) -> Path:
        """Layers cut by township part and zone, as Parquet."""
        return self.root / "overlays"

    @property
    def build_db(self) -> Path:
        """The private, derived database in which marts are built; one writer."""
        return self.root / "build" / "warehouse.duckdb"

    @property
    def build_state_file(self) -> Path:
        """Which run made what the build database holds, and as which build the gate judged it."""
        return self.root / "build" / "state.json"

    @property
    def published(self) -> Path:
        return self.root / "published"

    @property
    def builds(self) -> Path:
        """Published builds, one immutable folder each."""
        return self.published / "builds"

    @property
    def damaged_builds(self) -> Path:
        """Published builds that were found damaged, and what stood in the place of `current`: kept for people to look at."""
        return self.published / "damaged"

    @property
    def editions(self) -> Path:
        """Approved builds, one immutable folder each; nothing removes them."""
        return self.published / "editions"

    @property
    def current(self) -> Path:
        """Symbolic link to the published build that readers should open."""
        return self.published / "current"

    @property
    def receipts(self) -> Path:
        return self.root / "receipts"

    @property
    def digests(self) -> Path:
        """The overdue reports, a file a day."""
        return self.root / "digests"

    @property
    def data_docs(self) -> Path:
        """Great Expectations' pages of the latest run."""
        return self.root / "data_docs"

    @property
    def gate_docs(self) -> Path:
        """The pages of the gate."""
        return self.data_docs / "gate"

    @property
    def airflow(self) -> Path:
        return self.root / "airflow"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def notices_file(self) -> Path:
        """Every notice to people, a line each (warehouse.notices)."""
        return self.logs / "notices.log"

    @property
    def ledger_file(self) -> Path:
        """The embedded ledger (SQLite); unused where there is a ledger server."""
        return self.root / "ledger" / "ledger.sqlite"

    @property
    def ledger_url(self) -> str:
        """SQLAlchemy URL of the ledger: the server's, else the embedded SQLite file's."""
        return self.ledger_server or f"sqlite:///{self.ledger_file}"

    @property
    def locks(self) -> Path:
        return self.root / "locks"

    @property
    def writer_lock(self) -> Path:
        """Held by whoever writes the build database."""
        return self.locks / "writer.lock"

    @property
    def publish_lock(self) -> Path:
        """Held while a build is published."""
        return self.locks / "publish.lock"

    @property
    def bi_server_lock(self) -> Path:
        """Held while a build is copied to the BI server."""
        return self.locks / "bi_server.lock"

    @property
    def ledger_lock(self) -> Path:
        """Held while the ledger's schema is migrated."""
        return self.locks / "ledger.lock"

    def ensure(self) -> "Home":
        """Make every folder that is not there yet; returns the home itself."""
        folders = (
            self.inbox,
            self.archive,
            self.staged,
            self.overlays,
            self.build_db.parent,
            self.builds,
            self.receipts,
            self.data_docs,
            self.airflow,
            self.logs,
            self.ledger_file.parent,
            self.locks,
        )
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)
        _take_rights(self.root, OTHERS)
        _take_rights(self.logs, GROUP_AND_OTHERS)
        return self

    def too_open(self) -> Iterator[Path]:
        """Parts of the home on which others have rights; the group, where they are secrets or the folder of the logs."""
        secrets = {self.airflow / name for name in SECRETS}
        for folder, names, files in os.walk(self.root):
            names[:] = [name for name in names if Path(folder, name) != self.logs]
            for path in (Path(folder), *(Path(folder, name) for name in files)):
                if _is_open(path, GROUP_AND_OTHERS if path in secrets else OTHERS):
                    yield path
        if _is_open(self.logs, GROUP_AND_OTHERS):
            yield self.logs

    def relative(self, path: Path) -> str:
        """A path inside the home as the ledger records it, so that the whole folder can be moved."""
        return path.relative_to(self.root).as_posix()

    def absolute(self, recorded: str) -> Path:
        """The path that `relative` recorded."""
        return self.root / recorded


def _take_rights(path: Path, bits: int) -> None:
    """Takes rights from a folder of our own; one of another user stays as it is."""
    found = path.stat()
    if found.st_mode & bits and found.st_uid == os.geteuid():
        path.chmod(stat.S_IMODE(found.st_mode) & ~bits)


def _is_open(path: Path, bits: int) -> bool:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:  # gone meanwhile
        return False
    return not stat.S_ISLNK(mode) and bool(mode & bits)
