"""From what the ledger has accepted to a published build: overlays, derivations, sync, dbt, gate, publish."""
