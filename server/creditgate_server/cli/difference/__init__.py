"""What the command that compares rule sets is made of: sources, processes, and how the report is shown."""
