"""Workbooks of a build: one a subject, after the UK government's rules for statistics in spreadsheets. Called by
`pipeline.build.documents` and `pipeline.release.export`.
"""

from reporting.workbooks.subjects import EXCEL, About, write_workbooks

__all__ = ["EXCEL", "About", "write_workbooks"]
