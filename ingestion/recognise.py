"""Which dataset a file belongs to: by the folder it lies in, else by its content and its name.

`recognise` is called by `pipeline.intake.sandbox_policy`, in the sandbox; `named_dataset` by the inbox and the templates.
"""

import logging
import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal

from contracts import Contract, Finding, code_lists, contracts, finding
from contracts.text import search_key
from ingestion.readers.errors import UnreadableFile
from ingestion.sniff import FileSniff, sniff
from ingestion.system_faults import is_system_fault

log = logging.getLogger(__name__)

# What content and name count for in a score, and what a score must reach and lead by: chosen on the samples, of which
# every one is recognised without its folder, at 0.7 or more.
CONTENT_WEIGHT, NAME_WEIGHT = 0.75, 0.25
ENOUGH, LEAD, CONTENT_AT_LEAST = 0.4, 0.1, 0.25
# The folder yields when the content hardly fits its dataset, and fits another's almost entirely: a workbook with some
# headings missing or misspelled stays where it was put.
FOLDER_AT_LEAST, OTHER_AT_LEAST = 1 / 3, 0.8
# A sheet with so many land classes among its headers is a wide one: two may stand in a note or a title.
WIDE_CLASSES = 3
# A file larger than this in a dataset's folder is not opened twice: the folder decides.
LOOKED_INTO_BYTES = 8 << 20

BRACKETS = re.compile(r"\([^()]*\)$")


@dataclass(frozen=True)
class Recognised:
    """What a file was recognised as.

    dataset: None when it cannot be recognised. score: 0 to 1, how well content and name fit it. likely: the dataset that
    the content looks like, where it contradicts the folder. missing: the files of a Shapefile without which it cannot
    be recognised. is_report: False where nothing of a table or a layer could be read in the file. refusal: what a reader
    says of such a file, and of one of another format.
    """

    dataset: str | None
    by: Literal["folder", "name", "content"] | None
    score: float
    likely: str | None = None
    missing: tuple[str, ...] = ()
    is_report: bool = True
    refusal: Finding | None = None


def named_dataset(folder: str) -> str | None:
    """The dataset that a folder's name stands for: its id, or its Chinese or English title."""
    wanted = search_key(folder).replace("-", "_")
    for name, item in contracts().items():
        if wanted in {
            name,
            search_key(item.title.zh),
            search_key(item.title.en),
            search_key(item.title.en).replace(" ", "_"),
        }:
            return name
    return None


def recognise(path: Path, file_name: str, hint: str | None) -> Recognised:
    """The dataset of a file, whatever its state; an unreadable one is known by its folder or its name only.

    path: the file, or the folder of a Shapefile or File Geodatabase; file_name: what the submitter called it; hint: the
    folder it lay in.
    It looks into the file: call it in the sandbox.
    """
    folder = named_dataset(hint) if hint else None
    if folder and path.is_file() and path.stat().st_size > LOOKED_INTO_BYTES:
        return Recognised(folder, "folder", 1.0)
    seen = sniff(path)
    content = {name: _content_score(item, seen) for name, item in contracts().items()}
    if folder:
        likely = max(content, key=content.__getitem__)
        if content[folder] < FOLDER_AT_LEAST and content[likely] > OTHER_AT_LEAST:
            return Recognised(None, None, round(content[folder], 3), likely)
        return Recognised(folder, "folder", round(content[folder], 3))
    found = _without_folder(content, _name_scores(" ".join(filter(None, (file_name, hint))), seen), seen)
    return found if found.dataset or found.missing else replace(found, refusal=_refusal(path, seen))


def _refusal(path: Path, seen: FileSniff) -> Finding | None:
    """What is wrong with a file of no dataset, as its reader says it: the cause, where that it is not recognised is only
    what follows. None where it is a table or a layer, or too large to be read for that.
    """
    from ingestion.readers.other_formats import refuse_other_format
    from ingestion.readers.tabular import read_workbook

    if not path.is_file() or path.stat().st_size > LOOKED_INTO_BYTES:
        return None
    content = path.read_bytes()
    try:
        refuse_other_format(content)
        if seen.kind is None and not content.lstrip().startswith(b"{"):
            read_workbook(path)
    except UnreadableFile as error:
        return finding(error.rule_id, found=error.detail, **error.operands)
    except Exception as error:  # what no reader foresees: the file is of no dataset all the same
        if is_system_fault(error):
            raise
        log.info("not looked into: %s: %s", type(error).__name__, error)
    return None


def unrecognised(recognised: Recognised, hint: str | None) -> Finding | None:
    """The finding for the submitter where no dataset was recognised; None where one was."""
    if recognised.dataset:
        return None
    if recognised.likely:
        return finding(
            "reading.wrong_folder",
            found=hint,
            expected=contracts()[recognised.likely].title.zh,
            dataset=recognised.likely,
        )
    if recognised.missing:
        return finding("reading.shapefile_incomplete", found="、".join(recognised.missing))
    if recognised.refusal:
        return recognised.refusal
    return finding("reading.unknown_dataset" if recognised.is_report else "reading.no_report")


def _without_folder(content: dict[str, float], names: dict[str, float], seen: FileSniff) -> Recognised:
    scores = {dataset: CONTENT_WEIGHT * content[dataset] + NAME_WEIGHT * names[dataset] for dataset in content}
    first, second = sorted(scores, key=scores.__getitem__, reverse=True)[:2]
    if scores[first] >= ENOUGH and scores[first] - scores[second] >= LEAD and content[first] >= CONTENT_AT_LEAST:
        return Recognised(first, "content", round(scores[first], 3))
    best = [dataset for dataset, score in names.items() if score == 1.0]
    if not seen.words and len(best) == 1:  # nothing to be read in it: by its name, and its reader says what is wrong
        return Recognised(best[0], "name", round(scores[best[0]], 3))
    return Recognised(None, None, round(scores[first], 3), missing=seen.missing, is_report=seen.kind is not None)


@cache
def _headers(dataset: str) -> dict[str, frozenset[str]]:
    """Every heading of each field of a contract, normalised."""
    fields = contracts()[dataset].fields
    return {name: frozenset(map(search_key, (*field.headers, *field.name_headers))) for name, field in fields.items()}


@cache
def _weight(dataset: str, field: str) -> float:
    """How much a field says of its dataset: one, divided by the number of datasets of its kind that have a field with
    such a heading.
    """
    words = _headers(dataset)[field]
    alike = (other for other, item in contracts().items() if item.is_layer == contracts()[dataset].is_layer)
    return 1 / sum(any(words & headings for headings in _headers(other).values()) for other in alike)


def _content_score(item: Contract, seen: FileSniff) -> float:
    """Share of the required fields, by their weight, whose heading is in the file."""
    if seen.kind != ("layer" if item.is_layer else "table"):
        return 0.0
    forms = {form for word in seen.words for form in _forms(word)}
    matched = {name for name, headings in _headers(item.dataset).items() if headings & forms}
    if item.layout.class_field and _classes(item, forms) >= WIDE_CLASSES:
        matched |= {item.layout.class_field, str(item.layout.value_field)}
    required = [name for name, field in item.fields.items() if field.required and field.type != "period"]
    return sum(_weight(item.dataset, name) for name in required if name in matched) / sum(
        _weight(item.dataset, name) for name in required
    )


def _classes(item: Contract, forms: set[str]) -> int:
    codes = code_lists()[str(item.fields[str(item.layout.class_field)].list)]
    return len({code for form in forms if (code := codes.canonical(form))})


def _forms(word: str) -> set[str]:
    """A heading as written, and without what stands in brackets at its end: units, codes."""
    forms = {word}
    while (shorter := BRACKETS.sub("", word)) != word:
        forms.add(shorter)
        word = shorter
    return forms


def _name_scores(file_name: str, seen: FileSniff) -> dict[str, float]:
    """For each dataset the length of its longest word in file name, sheet names and titles, as a share of the longest
    of all.
    """
    text = search_key(f"{file_name} {seen.titles}")
    found = {
        name: [len(word) for word in item.recognise if search_key(word) in text] for name, item in contracts().items()
    }
    longest = {name: max(lengths, default=0) for name, lengths in found.items()}
    most = max(longest.values()) or 1
    return {name: length / most for name, length in longest.items()}
