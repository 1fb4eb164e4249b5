"""Exemption lists (不予处罚清单): their search, their sheets, and the register of first violations."""
