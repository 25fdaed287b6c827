"""Runs the migrations on the connection that `warehouse.ledger.store.migrate` opened, inside its transaction."""

from alembic import context

from warehouse.ledger.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=False,
    render_as_batch=True,
)
context.run_migrations()
