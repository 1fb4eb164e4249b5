"""The gRPC services: unpack, ask, pack. They decide nothing."""
