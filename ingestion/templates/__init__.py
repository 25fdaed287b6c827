"""Forms to fill in, made from a contract alone: a workbook for a table, an empty GeoPackage for a layer."""

from ingestion.templates.form import Form, NoTemplate, form_of
from ingestion.templates.write import write_template

__all__ = ["Form", "NoTemplate", "form_of", "write_template"]
