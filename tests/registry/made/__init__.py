"""Makes the files under `tests/registry/files/`: one fault each, so small that a person sees it."""
