"""Replay: stored questions judged again, as they were or under other rules or with other knowledge."""
