"""The bench: what a check costs, as ratios to a bare gRPC echo of the same run."""
