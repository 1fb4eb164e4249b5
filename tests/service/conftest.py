from __future__ import annotations

from collections.abc import Iterator

import grpc
import pytest

from .running import Gate, Service, checks, fill_registry, serving


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("service")
    fill_registry(f"sqlite:///{folder}/gate.db")
    with serving(folder, "--second-opinion-share", "1") as running:
        yield running


@pytest.fixture(scope="session")
def channel(service: Service) -> Iterator[grpc.Channel]:
    with service.channel() as opened:
        yield opened


@pytest.fixture(scope="session")
def gate(channel: grpc.Channel) -> Gate:
    return checks(channel)
