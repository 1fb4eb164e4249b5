"""An explanation as the contract's message: the fields have the same names."""

from __future__ import annotations

from creditgate.v1 import explanation_pb2

from ..studies.explanation.values import Explanation
from .wire import Wire

SHAPES = ()
WIRE = Wire(SHAPES)


def pack_explanation(explanation: Explanation) -> explanation_pb2.Explanation:
    """The message."""
    return WIRE.pack(explanation_pb2.Explanation, explanation)
