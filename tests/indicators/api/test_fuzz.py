"""Whatever is asked, the API answers as its description says and never fails.

A short run with the same questions each time. docs/api.md has the command for a long one.
"""

import pytest
import schemathesis
from django.utils import timezone
from hypothesis import HealthCheck, settings
from schemathesis.config import GenerationConfig, SchemathesisConfig

from config.wsgi import application
from indicators import demonstration
from indicators.models import Observation

EXAMPLES = 12


@pytest.fixture
def described(db):
    demonstration.load(at=timezone.now())
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
