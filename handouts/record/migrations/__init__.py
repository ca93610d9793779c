"""How the tables of the record came to be, revision by revision (Alembic)."""
