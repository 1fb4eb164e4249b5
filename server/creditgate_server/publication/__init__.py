"""How a rule set comes into force: proposed, approved by a second person, activated, rolled back. Every act is kept."""
