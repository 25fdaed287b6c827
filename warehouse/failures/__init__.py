"""Errors of disk, memory, rights, ledger and DuckDB files: what caused them, and the paragraph that a person gets."""
