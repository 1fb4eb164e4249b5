"""Explanations of receipts, for those whom they are about: in plain Chinese, with articles, and how to object."""
