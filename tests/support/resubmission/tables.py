"""A clerk who corrects a faulty table: by what its receipt says, and by the true figures where a remedy asks for them.

The clerk knows the own table (which row and column a cell is of) and the true figures; of the faults only what the
receipt says.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from contracts import Contract, contract
from contracts.places import township_name
from ingestion.normalize import normalize

ReceiptFinding = dict[str, Any]  # a finding as the receipt's JSON has it
Row = dict[str, Any]
QUOTED = re.compile(r"“(.+?)”")
YEAR = re.compile(r"20\d\d")
FIFTH_QUARTER, LAST_QUARTER, NO_MONTH, NEXT_MONTH = "第五季", "第四季", "2025-13", "2025年7月"


class TableCorrector:
    """Corrects one workbook. truth: rows of the clean samples of its dataset, those of the same or the latest period
    first.
    """

    def __init__(self, path: Path, dataset: str, truth: list[Row]) -> None:
        self._contract: Contract = contract(dataset)
        self._book, self._name = openpyxl.load_workbook(path), path.name
        read = normalize(path, path.name, self._contract, "s1").table.to_pylist()
        self._rows = {(row["sheet"], row["row_no"]): row for row in read}
        self._fields = {(row["sheet"], cell): (row, name) for row in read for name, cell in row["cells"]}
        self._truth = truth
        self._drop_rows: set[tuple[str, int]] = set()
        self._drop_columns: set[tuple[str, int]] = set()
        self._new_totals = False

    def correct(self, findings: list[ReceiptFinding], folder: Path) -> Path:
        """The corrected workbook, in a folder of the dataset's name."""
        for finding in findings:
            self._remedies()[finding["rule_id"]](finding)
            self._new_totals |= "合计一并改正" in finding["remedy"]
        for sheet, number in sorted(self._drop_rows, reverse=True):
            self._book[sheet].delete_rows(number)
        for sheet, number in sorted(self._drop_columns, reverse=True):
            self._book[sheet].delete_cols(number)
        if self._new_totals:
            for sheet in {key[0] for key in self._rows}:
                _add_up(self._book[sheet])
        (folder / self._contract.dataset).mkdir(parents=True, exist_ok=True)
        self._book.save(folder / self._contract.dataset / self._name)
        return folder / self._contract.dataset / self._name

    def _remedies(self) -> dict[str, Callable[[ReceiptFinding], None]]:
        set_to = self._set_to_expected
        return {
            "sheet.total_row_mismatch": set_to,
            "ecology.declared_pct_mismatch": set_to,
            "normalize.percent_as_fraction": set_to,
            "project_acceptance.part_exceeds_whole": set_to,
            "performance.score_exceeds_full": set_to,
            "supervision.date_order": set_to,
            "normalize.unknown_value": self._set_to_permitted,
            "normalize.unknown_conclusion": self._set_to_permitted,
            "normalize.text_in_numeric": self._set_to_truth,
            "contract.percent_out_of_range": self._set_to_truth,
            "contract.negative_value": self._set_to_truth,
            "ecology.part_exceeds_whole": self._set_to_truth,
            "rural_waste.part_exceeds_whole": self._set_to_truth,
            "reading.formula_without_value": self._set_to_truth,
            "normalize.unknown_stage": self._set_to_truth,
            "project_progress.progress_100_before_completion": self._set_to_truth,
            "normalize.invalid_date": self._set_to_truth,
            "project_ledger.finish_before_start": self._set_to_truth,
            "project_ledger.project_township_mismatch": self._set_to_truth,
            "normalize.township_code_name_mismatch": self._set_to_truth,
            "land_use.class_sum_mismatch": self._check_row,
            "land_use.land_total_vs_boundary": self._check_row,
            "performance.full_scores_not_100": self._check_unit,
            "reading.merged_value_cells": self._unmerge,
            "normalize.missing_required_column": self._add_column,
            "normalize.ambiguous_header": self._keep_one_column,
            "normalize.unknown_land_class": self._right_class,
            "normalize.township_code_retired": self._join_rows,
            "contract.duplicate_key": self._delete_row,
            "normalize.unknown_township": self._delete_row,
            "project_progress.project_township_mismatch": self._delete_row,
            "normalize.unknown_project": self._right_project,
            "project_progress.cumulative_falls": self._explain,
            "contract.future_date": self._this_year,
            "normalize.period_missing": self._write_period,
            "normalize.period_conflict": self._name_as_titled,
            "normalize.invalid_period": self._right_period,
        }

    def _sheet(self, finding: ReceiptFinding) -> Worksheet:
        return self._book[finding["sheet"]]

    def _true(self, row: Row, name: str) -> Any:
        """The true figure: of the row's key, else of its unit."""
        same = [one for one in self._truth if one["reporting_unit"] == row["reporting_unit"]]
        keys = [key for key in self._contract.key if key != "period"]
        same = [one for one in same if all(one[key] == row[key] for key in keys)] or same
        return same[0][name] if same else None

    def _put(self, finding: ReceiptFinding, value: Any) -> None:
        if isinstance(value, list):
            value = "、".join(map(township_name, value))
        self._sheet(finding)[finding["cell"]] = value

    def _set_to_expected(self, finding: ReceiptFinding) -> None:
        self._put(finding, finding["expected"] if "-" in finding["expected"] else float(finding["expected"]))

    def _set_to_permitted(self, finding: ReceiptFinding) -> None:
        self._put(finding, finding["expected"].split("、")[0])

    def _set_to_truth(self, finding: ReceiptFinding) -> None:
        row, name = self._fields[finding["sheet"], finding["cell"]]
        self._put(finding, finding["unit"] if name == "township_code" else self._true(row, name))
        for other, cell in row["cells"] if "百分数也一并核对" in finding["remedy"] else ():
            if self._contract.fields[other].numerator == name:
                self._sheet(finding)[cell] = self._true(row, other)

    def _check_row(self, finding: ReceiptFinding) -> None:
        """Every figure of the row of a wide sheet."""
        number = coordinate_to_tuple(finding["cell"])[0]
        for (sheet, cell), (row, name) in self._fields.items():
            is_there = (
                sheet == finding["sheet"]
                and coordinate_to_tuple(cell)[0] == number
                and row["reporting_unit"] == finding["unit"]
            )
            if is_there and name in ("area_ha", "land_area_ha"):
                self._sheet(finding)[cell] = self._true(row, name)

    def _check_unit(self, finding: ReceiptFinding) -> None:
        """The same column in every row of the unit."""
        name = self._fields[finding["sheet"], finding["cell"]][1]
        for (sheet, cell), (row, field) in self._fields.items():
            if sheet == finding["sheet"] and field == name and row["reporting_unit"] == finding["unit"]:
                self._sheet(finding)[cell] = self._true(row, name)

    def _unmerge(self, finding: ReceiptFinding) -> None:
        sheet = self._sheet(finding)
        if finding["cell"] in {str(merged) for merged in sheet.merged_cells.ranges}:
            sheet.unmerge_cells(finding["cell"])
        left, top, _, bottom = range_boundaries(finding["cell"])
        for number in range(int(str(top)), int(str(bottom)) + 1):
            at = sheet.cell(number, int(str(left)))
            name = next(field for (_, cell), (_, field) in self._fields.items() if coordinate_to_tuple(cell)[1] == left)
            at.value = self._true(self._rows[finding["sheet"], number], name)

    def _add_column(self, finding: ReceiptFinding) -> None:
        sheet, (title,) = self._sheet(finding), QUOTED.findall(finding["message"])
        (name,) = (name for name, field in self._contract.fields.items() if field.zh == title)
        column, numbers = sheet.max_column + 1, [number for where, number in self._rows if where == finding["sheet"]]
        sheet.cell(min(numbers) - 1, column, f"{title}（公顷）")
        for number in numbers:
            sheet.cell(number, column, self._true(self._rows[finding["sheet"], number], name))

    def _keep_one_column(self, finding: ReceiptFinding) -> None:
        self._drop_columns.add((finding["sheet"], coordinate_to_tuple(finding["cell"])[1]))

    def _right_class(self, finding: ReceiptFinding) -> None:
        """The class of the survey that the table lacks."""
        headed = "".join(str(cell.value) for row in self._sheet(finding).iter_rows(max_row=6) for cell in row)
        (code,) = {row["land_class_code"] for row in self._truth if f"（{row['land_class_code']}）" not in headed}
        self._put(finding, f"{code}（公顷）")

    def _join_rows(self, finding: ReceiptFinding) -> None:
        self._delete_row(finding)
        for (_, number), row in self._rows.items():
            if row["reporting_unit"] == finding["unit"] and number != coordinate_to_tuple(finding["cell"])[0]:
                for name, cell in row["cells"]:
                    if name in self._truth[0] and self._contract.fields[name].is_numeric:
                        self._sheet(finding)[cell] = self._true(row, name)

    def _delete_row(self, finding: ReceiptFinding) -> None:
        self._drop_rows.add((finding["sheet"], coordinate_to_tuple(finding["cell"])[0]))

    def _right_project(self, finding: ReceiptFinding) -> None:
        """A row that was never meant is deleted; where the row is a record of its own, its project is put right."""
        if self._contract.reporting_unit.kind == "event":
            self._put(finding, self._truth[0]["project_id"])
        else:
            self._delete_row(finding)

    def _explain(self, finding: ReceiptFinding) -> None:
        row, _ = self._fields[finding["sheet"], finding["cell"]]
        self._sheet(finding)[dict(row["cells"])["issues"]] = "核减：复核后核减"

    def _this_year(self, finding: ReceiptFinding) -> None:
        (year,) = YEAR.findall(finding["unit"])
        self._put(finding, YEAR.sub(year, finding["found"]))

    def _write_period(self, finding: ReceiptFinding) -> None:
        title = str(self._sheet(finding)[finding["cell"]].value)
        self._put(finding, title.replace("上党区", f"上党区{self._truth[0]['period']}年"))

    def _name_as_titled(self, finding: ReceiptFinding) -> None:
        self._name = self._name.replace(YEAR.findall(finding["expected"])[0], YEAR.findall(finding["found"])[0])

    def _right_period(self, finding: ReceiptFinding) -> None:
        wrong, right = (FIFTH_QUARTER, LAST_QUARTER) if "季" in finding["found"] else (NO_MONTH, NEXT_MONTH)
        self._put(finding, str(self._sheet(finding)[finding["cell"]].value).replace(wrong, right))
        if "文件名" in finding["found"]:
            self._name = self._name.replace(wrong, right)


def _add_up(sheet: Worksheet) -> None:
    """The total row anew: in every column where it has a number, the sum of those above it."""
    total = next((cell.row for row in sheet.iter_rows() for cell in row if str(cell.value).strip() == "合计"), None)
    for cell in sheet[total] if total else ():
        if isinstance(cell.value, int | float):
            above = [sheet.cell(number, cell.column).value for number in range(1, total)]
            cell.value = round(sum(value for value in above if isinstance(value, int | float)), 4)
