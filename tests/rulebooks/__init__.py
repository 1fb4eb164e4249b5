"""Rule books as files: sound, broken, and what they become."""
