"""Pages for people to keep: one vocabulary, one style sheet, one policy. Plain values come in, text goes out."""
