"""Puts the parts together: the supervisor, its workers, and what each is built of."""
