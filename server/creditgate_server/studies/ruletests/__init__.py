"""Tests of rule books: cases in files beside the books, run through the real engine, with coverage. Pure."""
