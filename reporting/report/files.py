"""Names of a report's files in the folder of its build: who writes them and who looks for them ask here."""

REPORT, PDF = "report", "report.pdf"
PAGES = {"zh": "index.html", "en": "index.en.html"}
"""By language: the page."""
