"""The report of a build: one page that needs no script and no network, in Chinese and in English, its CSV files and its
PDF. `pipeline.build.report` calls `reporting.report.write`.
"""
