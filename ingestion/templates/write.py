"""Writes a form to a file."""

from pathlib import Path

from ingestion.templates.checks import LISTS_SHEET, add_checks, add_lists
from ingestion.templates.form import Form
from ingestion.templates.layer import write_layer_form
from ingestion.templates.notes import NOTES_SHEET, write_notes
from ingestion.templates.sheet import lay_out

LONGEST_SHEET_NAME = 31


def write_template(form: Form, target: Path) -> Path:
    """Writes a form: a workbook, or for a layer a GeoPackage. Returns the file. Raises OSError when it cannot be
    written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    if form.contract.is_layer:
        write_layer_form(form, target)
    else:
        _write_workbook(form, target)
    return target


def _write_workbook(form: Form, target: Path) -> None:
    from openpyxl import Workbook

    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = form.contract.title.zh[:LONGEST_SHEET_NAME]
    laid = lay_out(form, sheet)
    write_notes(form, workbook.create_sheet(NOTES_SHEET))
    lists_sheet = workbook.create_sheet(LISTS_SHEET)
    lists = add_lists(lists_sheet, form.columns)
    if lists:
        lists_sheet.protection.sheet = True
        add_checks(sheet, form.columns, laid.first, laid.last, lists)
    else:
        workbook.remove(lists_sheet)
        add_checks(sheet, form.columns, laid.first, laid.last, {})
    workbook.save(target)
