"""The engines: durable_rules behind one module, the independent second opinion, and the proof that both agree."""
