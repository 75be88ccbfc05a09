"""Whatever is asked, the API answers as its description says and never fails.

A short run with the same questions each time. docs/api.md has the command for a long one.
"""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.config import GenerationConfig, SchemathesisConfig

from config.wsgi import application
from indicators.models import Observation

EXAMPLES = 12


@pytest.fixture
def one_connection(db):
    """Requests end without closing the connection that holds the test's own transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def described(one_connection, loaded):
    assert Observation.objects.count() > 50
    config = SchemathesisConfig(seed=20261124)
    config.projects.default.generation = GenerationConfig(deterministic=True)
    return schemathesis.openapi.from_wsgi(
        "/indicators/api/v1/openapi.json", application, config=config
    )


schema = schemathesis.pytest.from_fixture("described")


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_as_described(case):
    case.call_and_validate()
