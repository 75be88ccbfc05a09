"""The periodic table names functions that exist and find nothing to do in an empty database."""

import inspect

import pytest
from django.utils import timezone
from django.utils.module_loading import import_string

from config.periodic import PERIODIC
from config.tasks import run_periodic


@pytest.mark.parametrize("name", PERIODIC)
def test_a_job_names_a_function_that_takes_the_moment(name):
    function = import_string(PERIODIC[name].path)
    assert "at" in inspect.signature(function).parameters


@pytest.mark.django_db
@pytest.mark.parametrize("name", PERIODIC)
def test_a_job_run_twice_in_an_empty_database_does_nothing_and_counts_it(name):
    for _ in range(2):
        done = PERIODIC[name].run(at=timezone.now())
        assert isinstance(done, int)


@pytest.mark.django_db
def test_celery_runs_the_same_function():
    assert run_periodic("config.heartbeat") == 1
