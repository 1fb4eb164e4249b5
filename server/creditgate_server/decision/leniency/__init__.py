"""Leniency (不予处罚): question of an act, its decision, and how it is made of findings."""
