"""Exemption lists out of the rule library and in again: workbooks in the official columns, pages, bundles."""
