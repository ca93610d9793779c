"""Runs the revisions on the connection that `store.py` has opened; Alembic loads it by its place."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=False)
context.run_migrations()
