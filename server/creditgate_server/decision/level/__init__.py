"""A supervision level (监管等级): how it is made of findings."""
