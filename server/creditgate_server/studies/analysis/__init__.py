"""Analysis of rule sets: what no single test would find, each with a subject that shows it."""
