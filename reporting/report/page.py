"""Makes the report of a build: pages in both languages, a CSV file a block, and the PDF. `pipeline.build.report` calls
`write`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from contracts.reference import COUNTY_NAME
from reporting.report import areas, explanations, projects, quality, targets
from reporting.report.blocks import Block, write_csv
from reporting.report.drawn_maps import read_ground
from reporting.report.files import PAGES, PDF, REPORT
from reporting.report.pdf import write_pdf
from reporting.report.source import Source
from reporting.report.words import LANGUAGES, Words, tone, tones

NEEDED = ("mart_target_progress", "mart_build", "mart_project_register")
TEMPLATES = Path(__file__).with_name("templates")


def write(
    build: Path,
    database: Path,
    *,
    since: str | None = None,
    revision: Sequence[Mapping[str, Any]] | None = None,
    is_public: bool = False,
    let_through: Sequence[quality.LetThrough] = (),
) -> list[str]:
    """Write the folder `report` of a build and give the names of its pages; nothing where the build has no targets.

    build: the folder with `maps/`; database: its marts. since: the edition that `revision`, the rows of a comparison as
    of `mart_revision`, compares this build with; without them the changes are those since the build published before.
    is_public: of the public marts, which show neither projects one by one nor who sent what; and no PDF. let_through: the
    overrides of the gate by which the build is published.
    """
    with duckdb.connect(str(database), read_only=True) as con:
        con.execute("set TimeZone = 'UTC'")
        source = Source(con)
        if not all(source.has(mart) for mart in NEEDED):
            return []
        folder = build / REPORT
        folder.mkdir()
        pages = {
            language: _page(source, Words(language, source), build, folder, since, revision, is_public, let_through)
            for language in LANGUAGES
        }
    for language, page in pages.items():
        (folder / PAGES[language]).write_text(page, encoding="utf-8")
    has_pdf = not is_public and write_pdf(pages["zh"], folder / PDF)
    return [*PAGES.values(), *([PDF] if has_pdf else [])]


def _page(
    source: Source,
    words: Words,
    build: Path,
    folder: Path,
    since: str | None,
    revision: Sequence[Mapping[str, Any]] | None,
    is_public: bool,
    let_through: Sequence[quality.LetThrough],
) -> str:
    maps = build / "maps"
    ground = read_ground(maps)
    found = targets.indicators(source, words)
    parts: dict[str, list[Block]] = {
        "targets": [targets.achievement(source, words, found)],
        "changes": [] if is_public else [targets.changes(source, words, since, revision)],
        "places": [areas.of_indicator(source, words, one, ground) for one in found],
        "zones": [areas.zones_block(source, words)],
        "projects_part": [projects.s_curves(source, words)]
        if is_public
        else [
            block
            for block in (
                projects.late(source, words),
                projects.s_curves(source, words),
                projects.sites(source, words, maps, ground),
                projects.money(source, words),
                projects.cropland(source, words, found),
            )
            if block is not None
        ],
        "trust": [quality.evidence(source, words)]
        if is_public
        else [quality.evidence(source, words), quality.missing(source, words), quality.supervision(source, words)],
        "plan": [quality.plan(source, words)],
    }
    explained = [] if is_public else [explanations.of_indicator(source, words, one) for one in found]
    if words.language == LANGUAGES[0]:  # the files are the same for both pages
        for block in (*(block for blocks in parts.values() for block in blocks), *(one.cells for one in explained)):
            write_csv(folder, block, words)
    (made,) = source.rows("mart_build")
    return (
        _environment(words)
        .get_template("report.html.j2")
        .render(
            w=words,
            title=words("title", district=COUNTY_NAME),
            other=next(page for language, page in PAGES.items() if language != words.language),
            summary=targets.summary(source, words, found),
            indicators=found,
            years=targets.years(found),
            parts=parts,
            zonings=areas.zones(source, words, found),
            explanations=explained,
            made=made,
            let_through=quality.let_through(words, let_through, is_public),
            is_public=is_public,
            freshness=source.rows("mart_dataset_freshness", order="dataset"),
            style=(TEMPLATES / "style.css").read_text(encoding="utf-8"),
        )
    )


def _environment(words: Words) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        tone=tone,
        tones=tones(),
        how_sure=lambda row: targets.how_sure(words, row),
        below_the_light=lambda row: targets.below_the_light(words, row),
        anchor=explanations.explained,
    )
    return environment
