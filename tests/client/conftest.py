import socket
from contextlib import closing

import pytest

from .services import Service, served


@pytest.fixture
def service():
    return Service()


@pytest.fixture
def target(service):
    with served(service) as address:
        yield address


@pytest.fixture
def nowhere():
    """An address at which nobody listens: the port is taken and never listened on."""
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{taken.getsockname()[1]}"
