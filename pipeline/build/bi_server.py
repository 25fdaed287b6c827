"""Lets the BI server show the current build: `pipeline.build` and `pipeline.release` call it whenever `current` may have
moved, and each run tries again what failed before. Nothing that fails here stops them: people get a notice.
"""

import hashlib
import logging

from contracts.calendar import today
from warehouse import builds, notices
from warehouse.build_lease import Progress
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.ledger.home_identity import read_home_id
from warehouse.locks import bi_copier
from warehouse.settings import read_settings

BEHIND: notices.Kind = "bi_server_behind"
log = logging.getLogger(__name__)


def show_current(home: Home, ledger: Ledger, progress: Progress = log.info) -> bool | None:
    """Copy the current build to the home's BI server, unless it is there, and let readers see it; whether they do. None where
    the home has no BI server, or nothing is published. progress: gets a line where they see another build than before.
    """
    if home.bi_server is None:
        return None
    from warehouse import bi_server

    try:
        seconds = read_settings(home).bi_server.seconds
        with bi_copier(home):
            folder, home_id = builds.current(home), read_home_id(home)
            if folder is None or home_id is None:
                return None
            if bi_server.show(home.bi_server, home_id, folder, seconds):
                progress(f"BI 服务器已换成 (the BI server now shows) {folder.name}")
    except Exception as error:  # whatever it is, the build is published
        _notify(home, ledger, error)
        return False
    return True


def _notify(home: Home, ledger: Ledger, error: Exception) -> None:
    """The same failure once a day, though each run tries again."""
    happened = f"{type(error).__name__}: {error}"
    subject = (
        "BI 服务器没有换成当前构建，读者仍看到以前的；文件已发布 "
        "(the BI server still shows an earlier build; the files are published)"
    )
    remedy = (
        "查明原因：pg_isready，WAREHOUSE_BI_URL，deploy/postgres/create-bi-database.sh 是否已运行；下一次构建自动再试，"
        "立即再试：warehouse publish (see whether the server runs, the URL is right, and that script was run there; the next "
        "run tries again by itself, at once: warehouse publish)"
    )
    log.warning("%s: %s", subject, happened)
    key = f"{BEHIND} {today()} {hashlib.sha256(happened.encode()).hexdigest()[:16]}"
    notices.notify(home, ledger, BEHIND, key, subject, f"{happened}\n{remedy}")
