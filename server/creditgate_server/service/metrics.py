"""Counters for Prometheus. In a worker they are shared with the supervisor through files; it serves the sums."""

from __future__ import annotations

from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector

SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Variable that prometheus_client reads when it is imported: set for a worker before it starts."""

CALLS = Counter("creditgate_calls_total", "Calls ended, by method and gRPC status.", ["method", "status"])
CALL_SECONDS = Histogram(
    "creditgate_call_seconds",
    "Seconds from a call's arrival to its answer.",
    ["method"],
    buckets=(0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
RUNNING = Gauge("creditgate_calls_running", "Calls being handled.", multiprocess_mode="livesum")
SERVING = Gauge("creditgate_serving", "Workers whose store and rules are good.", multiprocess_mode="livesum")
RULE_SET_ACTIVATION = Gauge(
    "creditgate_rule_set_activation",
    "Number of the activation in force, the least of all workers.",
    multiprocess_mode="livemin",
)
RULE_SET_SWITCHES = Counter("creditgate_rule_set_switches_total", "Times that a worker took another rule set.")
RULE_SET_REFUSED = Gauge(
    "creditgate_rule_set_refused",
    "1 while the watched directory holds rules that were refused.",
    multiprocess_mode="livemax",
)
DECISIONS = Counter("creditgate_decisions_total", "Decisions with a receipt, by outcome.", ["outcome"])
LENIENCY = Counter("creditgate_leniency_total", "Leniency answers with a receipt, by decision.", ["decision"])
OUTCOMES = Counter("creditgate_outcomes_total", "Reports on receipts, by result.", ["result"])
OVERRIDES = Counter("creditgate_overrides_total", "What had to be done by an answer and was reported as not done.")
ENGINE_FAULTS = Counter("creditgate_engine_faults_total", "Engine faults that made an answer undetermined.")
SECOND_OPINIONS = Counter("creditgate_second_opinion_total", "Live decisions that were judged again.")
SECOND_OPINION_DIFFERENCES = Counter(
    "creditgate_second_opinion_differences_total",
    "Live decisions on which the second opinion differed. Must stay zero.",
)
SECOND_OPINIONS_SKIPPED = Counter(
    "creditgate_second_opinion_skipped_total", "Second opinions left out, because too many were waiting."
)
SECOND_OPINION_SHARE = Gauge(
    "creditgate_second_opinion_share", "Share of live decisions to be judged again.", multiprocess_mode="livemax"
)


_BY_KIND = {"check": DECISIONS, "leniency": LENIENCY}
"""Kinds that are counted by what they come to."""


@cache
def _of_answer(kind: str, answer: str) -> Counter | None:
    counter = _BY_KIND.get(kind)
    return None if counter is None else counter.labels(answer)


def decided(kind: str, answer: str) -> None:
    """Count a decision with a receipt."""
    counter = _of_answer(kind, answer)
    if counter is not None:
        counter.inc()


def reported(result: str, overrides: int) -> None:
    """Count a report on a receipt."""
    OUTCOMES.labels(result).inc()
    OVERRIDES.inc(overrides)


def serve(folder: str, host: str, port: int, own: CollectorRegistry) -> None:
    """Serve the sums over all workers, living and gone, over HTTP in a background thread. Raises OSError.

    `own`: what the supervisor itself counts.
    """
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=folder)  # type: ignore[no-untyped-call]
    registry.register(own)
    start_http_server(port, host, registry)
