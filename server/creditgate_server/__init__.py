"""Credit Gate's service: the credit check that an approval makes before a licence is issued."""
