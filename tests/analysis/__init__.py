"""What the analysis finds in books with planted faults, and that it finds nothing else."""
