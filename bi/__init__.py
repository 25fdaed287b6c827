"""What BI tools need to read the marts; each tool has a folder."""
