"""Superset as code: dashboards declared in YAML, laid out as Superset's assets, and a Superset of its own to show them."""
