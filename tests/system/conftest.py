"""What the system tests share."""

import pytest

from tests.fakes import certs


@pytest.fixture(scope="session")
def authority():
    return certs.Authority()
