"""Files: written whole or not at all, tables read and written, and how far the work is. Knows nothing of the domain."""
