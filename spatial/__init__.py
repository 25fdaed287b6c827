"""Pure functions of Arrow tables of polygons: area, faults, overlaps, base partition, overlay, transition. They know no
other room; pipeline, ingestion and expectations call them.
"""
