"""The register of exemptions granted (首违台账): who was let off, on what promise, and what became of it.

Nothing is overwritten. What later checks must know of it stands in the registry as records of the feed
`exemption-register`, written in the same transaction.
"""
