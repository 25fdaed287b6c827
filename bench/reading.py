"""What reading costs beside the bare parser, and what large honest files take from end to end.

Run: python -m bench.reading. Writes nothing but temporary files; prints a table.
The bare parser of an .xlsx is calamine, of a CSV in GB18030 our own reader of the same in UTF-8.
"""

import csv
import gc
import io
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from contracts import contract
from contracts.reference import table
from ingestion.readers.tabular import read_workbook
from ingestion.sandbox.host import GARBAGE_THRESHOLDS
from pipeline.intake.parse import ReadJob
from pipeline.intake.sandbox_policy import read_limited
from warehouse.home import Home

ROWS, HONEST_ROWS, MONTHS = 50_000, 200_000, 12
REPEATS = 5
# Beside calamine, for values and everything that it does not give: a second pass by a real parser of XML.
MOST_TIMES_XLSX = 5.0
MOST_TIMES_CSV = 2.0
MOST_SECONDS, MOST_MEGABYTES = 30.0, 512.0


def main() -> None:
    """Measures everything and prints it. Raises SystemExit 1 when a promise is not kept."""
    kept = []
    gc.set_threshold(*GARBAGE_THRESHOLDS)  # as where files are read
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        kinds = {
            "figures": set(),
            "figures, formulas without value, merged ranges": {"formulas"},
            "figures, formulas without value, merged ranges, percentages": {"formulas", "percentages"},
        }
        for name, kind in kinds.items():
            with ProcessPoolExecutor(1) as elsewhere:  # or what making it leaves behind in memory is measured with it
                path = elsewhere.submit(_workbook, home / "cells.xlsx", ROWS, kind).result()
            bare, ours = _medians(lambda path=path: _bare(path), lambda path=path: read_workbook(path))
            kept.append(_is_kept(f"xlsx {ROWS} rows, {name}", bare, ours, "calamine", MOST_TIMES_XLSX))
        utf8, gbk = _csv(home / "u.csv", "utf-8"), _csv(home / "g.csv", "gb18030")
        one, other = read_workbook(utf8)[0], read_workbook(gbk)[0]
        differing = sum(
            a != b for x, y in zip(one.rows, other.rows, strict=True) for a, b in zip(x.values, y.values, strict=True)
        )
        plain, ours = _medians(lambda: read_workbook(utf8), lambda: read_workbook(gbk))
        name = f"csv {ROWS} rows, GB18030, {differing} cells differ"
        kept.append(_is_kept(name, plain, ours, "UTF-8", MOST_TIMES_CSV) and not differing)
        kept.append(_honest(home))
    raise SystemExit(0 if all(kept) else 1)


def _medians(*works: Callable[[], Any]) -> list[float]:
    """CPU seconds of each, taken in turns."""
    took: list[list[float]] = [[] for _ in works]
    for number in range(REPEATS + 1):
        for work, times in zip(works, took, strict=True):
            began = time.process_time()
            work()
            if number:  # the first time warms up
                times.append(time.process_time() - began)
    return [statistics.median(times) for times in took]


def _is_kept(name: str, bare: float, ours: float, beside: str, most_times: float) -> bool:
    """Prints both, and says whether ours is within so many times the bare parser."""
    print(f"{name}: {ours:.2f} CPU s, {beside} {bare:.2f}, {ours / bare:.2f} times (at most {most_times})", flush=True)
    return ours <= most_times * bare


def _bare(path: Path) -> None:
    """Reads the same cells with the bare parser."""
    import python_calamine

    workbook = python_calamine.load_workbook(str(path))
    for name in workbook.sheet_names:
        workbook.get_sheet_by_name(name).to_python()


def _honest(home: Path) -> bool:
    """A workbook of so many rows as ours would be, read, normalized, validated and staged in the sandbox."""
    path = _progress(home / "重点工程进度月报汇总.xlsx")
    job = ReadJob("bench", path, path.name, "project_progress", Home(home / "home").ensure())
    reading, ran = read_limited(job)
    print(
        f"xlsx {HONEST_ROWS} rows × 11 columns, {path.stat().st_size >> 20} MB: {ran.cpu_seconds:.1f} CPU s (at most {MOST_SECONDS}; "
        f"{ran.seconds:.1f} by the clock), {ran.peak_megabytes:.0f} MB resident (at most {MOST_MEGABYTES}), {reading.rows_read} rows, "
        f"{len(reading.findings)} findings"
    )
    return ran.ok and not reading.findings and ran.cpu_seconds <= MOST_SECONDS and ran.peak_megabytes <= MOST_MEGABYTES


def _workbook(path: Path, rows: int, kinds: set[str]) -> Path:
    """kinds: of cells that every row has one of beside its figures."""
    import openpyxl

    rng = random.Random(1)
    made = openpyxl.Workbook(write_only=True)
    sheet = made.create_sheet("汇总")
    sheet.append(["乡镇代码", "乡镇", *[f"指标{n}" for n in range(8)]])
    for number in range(rows):
        row: list[Any] = [
            f"14040410{number % 10}",
            f"乡镇{number % 400}",
            *[round(rng.uniform(0, 9999), 2) for _ in range(8)],
        ]
        if "percentages" in kinds:
            row[4] = openpyxl.cell.WriteOnlyCell(sheet, rng.random())
            row[4].number_format = "0.00%"
        if "formulas" in kinds:
            row[5] = f"=C{number + 2}+D{number + 2}"
        sheet.append(row)
    made.save(path)
    if "formulas" in kinds:
        made = openpyxl.load_workbook(path)
        for number in range(2, rows, 500):
            made.worksheets[0].merge_cells(start_row=number, end_row=number + 1, start_column=2, end_column=2)
        made.save(path)
    return path


def _csv(path: Path, encoding: str) -> Path:
    rng, text = random.Random(1), io.StringIO(newline="")
    writer = csv.writer(text)
    for number in range(ROWS):
        writer.writerow(
            [f"乡镇{number % 400}", "汉字𠀀说明" + str(number), *[round(rng.uniform(0, 9999), 2) for _ in range(8)]]
        )
    path.write_text(text.getvalue(), encoding=encoding, newline="")
    return path


def _progress(path: Path) -> Path:
    import openpyxl

    rules, rng = contract("project_progress"), random.Random(2)
    names = [
        "project_id",
        "township_code",
        "stage",
        "physical_progress_pct",
        "cum_investment_wan",
        "funds_central_wan",
        "funds_province_wan",
        "cum_consolidated_area_ha",
        "cum_cropland_ha",
        "issues",
    ]
    made = openpyxl.Workbook(write_only=True)
    sheet = made.create_sheet("月报")
    sheet.append(["上党区重点工程进度月报汇总"])
    sheet.append(["单位：公顷、万元"])
    sheet.append(["填报月份", *(rules.fields[name].zh for name in names)])
    townships = [row["township_code"] for row in table("township")]
    projects = [row["project_id"] for row in table("plan_project")]
    for number in range(HONEST_ROWS):
        month, number_in_month = divmod(number, -(-HONEST_ROWS // MONTHS))
        part, project = divmod(number_in_month, len(projects))
        figures = [round(rng.uniform(0, 999), 2) for _ in range(5)]
        sheet.append(
            [
                f"2024年{month + 1}月",
                f"{projects[project]}-{part + 1:02d}",
                townships[number % 10],
                "在建",
                round(rng.uniform(2, 99), 1),
                *figures,
                None if number % 7 else "征地",
            ]
        )
    made.save(path)
    return path


if __name__ == "__main__":
    main()
