"""Generators of files that follow from the contracts and are committed: dbt sources, data dictionary."""
