"""A form to fill in, for whoever has to report a dataset. Called by the command `warehouse template`."""

from pathlib import Path


def template(
    dataset: str, reporting_unit: str | None = None, period: str | None = None, out: Path | None = None
) -> Path:
    """Write the form of a dataset, and return its path.

    dataset: its id or title; reporting_unit: a township, project or indicator, by default all that are expected; period: as
    people write it, by default left to be filled in; out: the file, or a folder for one of the form's own name; by
    default the current folder.
    Raises contracts.UnknownDataset, and NoTemplate (a LookupError) where the reporting unit or the period is none
    of the dataset's.
    """
    from contracts import contract
    from ingestion.recognise import named_dataset
    from ingestion.templates import form_of, write_template

    form = form_of(contract(named_dataset(dataset) or dataset), reporting_unit, period)
    if out is None or out.is_dir():
        return write_template(form, (out or Path.cwd()) / form.file_name)
    return write_template(form, out)
