"""Names of files and folders of receipts, from texts that people wrote: fit for any file system. Called by `write`, and by
`pipeline.intake.receipt_folder`.
"""

import re
import unicodedata
from pathlib import Path

JSON_NAME, TEXT_NAME = "receipt.json", "receipt.txt"
SUFFIX = "-审核结果"  # what the marked copy of a file is called: its name, then this
UNSAFE = re.compile(r'[\x00-\x1f/\\:*?"<>|]')
NAMELESS = "文件"
LONGEST_STEM_BYTES = 180  # a file name may take 255 bytes, and the ending and SUFFIX are kept
LONGEST_FOLDER_BYTES = 120  # of a folder, so that a path of two of them and a file stays within what Windows opens
DEVICES = re.compile(r"con|prn|aux|nul|com\d|lpt\d", re.IGNORECASE)  # no file of such a name can be made on Windows


def file_stem(file_name: str, most_bytes: int = LONGEST_STEM_BYTES) -> str:
    """The submitter's file name without its ending, fit for any file system; a corrected receipt does not collect
    endings.
    """
    stem = UNSAFE.sub("_", Path(file_name).stem).strip(" .").removesuffix(SUFFIX) or NAMELESS
    return _shortened(stem, most_bytes)


def folder_name(text: str) -> str:
    """A text as the name of a folder: without what a path, a screen or Windows takes for something else."""
    shown = "".join("_" if unicodedata.category(one).startswith("C") else one for one in text)
    name = _shortened(UNSAFE.sub("_", shown).strip(" ."), LONGEST_FOLDER_BYTES).strip(" .") or NAMELESS
    return f"{name}_" if DEVICES.fullmatch(name.partition(".")[0]) else name


def _shortened(text: str, most_bytes: int) -> str:
    return text.encode(errors="replace")[:most_bytes].decode(errors="ignore")
