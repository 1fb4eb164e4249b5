"""From a question and what is known to a decision. Pure: no SQL, no gRPC, no clock."""
