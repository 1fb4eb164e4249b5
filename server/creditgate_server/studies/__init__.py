"""Offline work on rule sets and receipts: analysis, difference, rule tests, replay, coverage, explanation."""
