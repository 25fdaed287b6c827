"""Draws docs/board.png of a home, as `warehouse board` prints it: python -m dev.board_picture HOME. By hand, after `make
demo`; needs Chromium and the Chinese monospaced font of Debian's fonts-noto-cjk.
"""

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.terminal_theme import DEFAULT_TERMINAL_THEME
from rich.text import Text

from warehouse.home import CHECKOUT

BOARD = CHECKOUT / "docs" / "board.png"
COLUMNS = 150
NARROW = str.maketrans("━─│┃┏┓┗┛┌┐└┘┡┩┢┪├┤┳┻╇╈┬┴┼—≈", "=-||" + "+" * 21 + "-~")
"""Of characters that the font draws as wide as Chinese ones, and that a terminal counts as narrow."""
PAGE = """<body style="margin: 0; background: {background}"><pre id="board" style="display: inline-block; margin: 0; padding: 16px;
color: {foreground}; font: 15px/1.35 'Noto Sans Mono CJK SC'">{code}</pre></body>"""


def draw(home: Path, into: Path = BOARD) -> None:
    """Write the picture of a home's target board. Raises subprocess.CalledProcessError where it has none."""
    program = Path(sys.executable).with_name("warehouse")
    environ = os.environ | {"FORCE_COLOR": "1", "COLUMNS": str(COLUMNS), "WAREHOUSE_HOME": str(home)}
    ran = subprocess.run([program, "board"], env=environ, stdout=subprocess.PIPE, text=True, check=True)
    console = Console(record=True, width=COLUMNS, file=StringIO())
    console.print(Text.from_ansi(ran.stdout.rstrip().translate(NARROW)), soft_wrap=True)
    page = console.export_html(theme=DEFAULT_TERMINAL_THEME, inline_styles=True, code_format=PAGE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        shown = browser.new_page(viewport={"width": 1600, "height": 900})
        shown.set_content(page)
        shown.locator("#board").screenshot(path=into)
        browser.close()


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
