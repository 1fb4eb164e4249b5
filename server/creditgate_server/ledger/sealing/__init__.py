"""Sealing: every receipt gets its place in one tree, and the tree's root is signed from time to time."""
