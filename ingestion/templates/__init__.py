"""Forms to fill in, made from a contract alone: a workbook for a table, an empty GeoPackage for a layer. Called by
`pipeline.intake.templates`.
"""

from pathlib import Path

from ingestion.templates.form import Form, NoTemplate, form_of

__all__ = ["Form", "NoTemplate", "form_of", "write_template"]


def write_template(form: Form, target: Path) -> Path:
    """Writes a form: a workbook, or for a layer a GeoPackage. Returns the file. Raises OSError when it cannot be
    written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    if form.contract.is_layer:
        from ingestion.templates.layer import write_layer_form

        write_layer_form(form, target)
    else:
        from ingestion.templates.sheet import write_workbook_form

        write_workbook_form(form, target)
    return target
