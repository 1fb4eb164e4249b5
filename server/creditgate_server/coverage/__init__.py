"""Coverage (应查必查): which issued licences were checked before, and what became of the measures."""
