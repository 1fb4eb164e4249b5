"""An explanation as the contract's message: the fields have the same names."""

from __future__ import annotations

import msgspec
from google.protobuf.json_format import ParseDict

from creditgate.v1 import explanation_pb2

from ..studies.explanation.values import Explanation


def pack_explanation(explanation: Explanation) -> explanation_pb2.Explanation:
    """The message."""
    return ParseDict(msgspec.to_builtins(explanation), explanation_pb2.Explanation())
