"""The search of the exemption list: from an inspector's words to the entries, ranked. Pure: no gRPC, no SQL."""
