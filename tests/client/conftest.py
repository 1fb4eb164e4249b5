import pytest

from .services import Service, served


@pytest.fixture
def service():
    return Service()


@pytest.fixture
def target(service):
    with served(service) as address:
        yield address
