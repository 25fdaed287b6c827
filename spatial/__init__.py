"""Pure functions of polygons: area, faults, overlaps, the frame of parts and zones, overlay. They know no other room."""
