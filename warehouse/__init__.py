"""State only: the ledger, the archive, the raw tables, editions and their serving. It decides nothing."""
