"""Whether a violation goes without a penalty (不予处罚): made of findings."""
