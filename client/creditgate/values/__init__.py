"""What is asked and answered, as plain frozen values; one module a kind."""
