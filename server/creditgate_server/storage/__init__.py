"""The store: SQLite by default, PostgreSQL when one machine is outgrown."""
