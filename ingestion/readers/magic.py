"""The first bytes by which a file shows its format, whatever its name. Read by `ingestion.sniff` and by the readers."""

ZIP_MAGIC = b"PK\x03\x04"
EMPTY_ZIP_MAGIC = b"PK\x05\x06"  # of a zip without a member
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # Microsoft's compound file: .xls, and .xlsx with a password
TORN_OLE_MAGIC = OLE_MAGIC[:4]  # of a file that was cut off: nothing else begins so
SHAPEFILE_MAGIC = b"\x00\x00\x27\x0a"
SQLITE_MAGIC = b"SQLite format 3\x00"
PARQUET_MAGIC = b"PAR1"
