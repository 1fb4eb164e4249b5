"""Rule books: the language, the reader, the checks, and the immutable rule set they make. Pure: no SQL, no gRPC."""
