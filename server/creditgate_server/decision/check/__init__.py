"""A credit check (信用核查): its decision, and how it is made of findings."""
