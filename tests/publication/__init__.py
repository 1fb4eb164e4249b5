"""Rule sets come into force by acts that are kept, signed, and done by two persons."""
