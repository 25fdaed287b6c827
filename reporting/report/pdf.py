"""The report as PDF, with its fonts in it. Called where a report is written; a machine that lacks what PDF needs gets none."""

import logging
import shutil
import subprocess
from pathlib import Path

log = logging.getLogger(__name__)
LEFT_OUT = ".cells { display: none }"  # single cells: they take a third of the time, and on paper nobody looks them up
CHINESE_FONTS = ("fc-list", ":lang=zh", "family")


def why_not() -> str | None:
    """Why this machine cannot make the PDF, with what to install; None where it can."""
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError) as error:
        return f"缺少排版库 Pango (Debian: libpango-1.0-0 libpangoft2-1.0-0): {error}"
    if shutil.which(CHINESE_FONTS[0]) and not subprocess.run(CHINESE_FONTS, capture_output=True, check=False).stdout:
        return "没有中文字体 (no Chinese font; Debian: fonts-noto-cjk)"
    return None


def write_pdf(page: str, path: Path) -> bool:
    """Write the PDF of a page. False, with a line in the log, where this machine cannot."""
    if reason := why_not():
        log.warning("没有生成 PDF 报告 (no PDF of the report): %s", reason)
        return False
    import weasyprint

    for name in ("weasyprint", "fontTools"):
        logging.getLogger(name).setLevel(logging.ERROR)
    shorter = weasyprint.CSS(string=LEFT_OUT)
    weasyprint.HTML(string=page, base_url=str(path.parent)).write_pdf(path, stylesheets=[shorter])
    return True
