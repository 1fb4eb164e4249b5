"""What organs made of the answers (反馈): what a receipt called for, what was reported on it, what is open."""
