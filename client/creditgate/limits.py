"""Limits of the contract: how much of each thing a message may have, inclusive. The service refuses what is beyond."""

# Counts.
MOST_QUESTIONS = 200
"""In one batch."""
MOST_BATCH_SUBJECTS = 400
"""Of all questions of one batch."""
MOST_SUBJECTS = 20
MOST_FACTS = 64
MOST_MEASURES = 500
"""In one report."""
MOST_ACTS = 1_000
MOST_LISTS = 100
"""Exemption lists whose entries are not known, in one answer."""
MOST_DAYS = 366
"""From the first to the last day that statistics count."""

# Pages: the usual number on one, and the largest.
USUAL_HITS, MOST_HITS = 20, 100
USUAL_RECEIPTS, MOST_RECEIPTS = 50, 500
MOST_LISTED = 200
USUAL_ENTRIES, MOST_ENTRIES = 100, 500
"""Of the catalogue."""
"""Receipts in short."""
USUAL_GRANTS, MOST_GRANTS = 50, 200
USUAL_REPORTS, MOST_REPORTS = 50, 500
"""Reports on the correction of one grant."""
USUAL_FIGURES, MOST_FIGURES = 100, 500
"""Lines of statistics."""
USUAL_VERSIONS, MOST_VERSIONS = 20, 100
"""Of an exemption entry. So many come with the entry itself."""
USUAL_ACTS = 100
USUAL_DAYS = 30

# Identifiers, in characters.
LONGEST_REQUEST_ID = 64
LONGEST_RECEIPT_ID = 64
LONGEST_CODE = 64
"""Of an item, a measure or a rule."""
LONGEST_CASE_NUMBER = 64
LONGEST_DOCUMENT_NUMBER = 200
LONGEST_DIGEST = 71
"""`sha256:` and 64 hexadecimal digits."""

# Texts, in characters.
LONGEST_PURPOSE = 200
LONGEST_DESCRIPTION = 500
LONGEST_QUERY = 200
LONGEST_POST = 64
LONGEST_WORDS = 500
LONGEST_NOTE = 1_000
LONGEST_GRANT_NOTE = 2_000
LONGEST_PUBLICATION_REPORT = 1_000_000
"""In bytes."""

# Numbers.
LARGEST_WHOLE = 10**15
"""Whole facts lie between minus this and this."""
LARGEST_FEN = 2**53 - 1
"""Of an amount of money in fen: what every reader of JSON holds exactly. 90 trillion yuan."""
LARGEST_FORGONE_FEN = 10**15
"""Of one fine forgone: statistics sum them."""
OLDEST = 150
"""Whole years of age that a party may have."""
