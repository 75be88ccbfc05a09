"""docker-compose.yml is valid, complete and safe, and starts what the other tests here start."""

import json
from importlib.resources import files

import jsonschema
import pytest
import yaml

from tests.services.installation import ROOT, command_of, compose

OURS = ("prepare", "web", "worker", "beat")


def document() -> dict:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))


def test_the_file_is_valid_by_the_compose_specification():
    schema = files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"
    validator = jsonschema.validators.validator_for(json.loads(schema.read_text()))
    errors = validator(json.loads(schema.read_text())).iter_errors(document())
    assert [f"{'/'.join(map(str, e.path))}: {e.message}" for e in errors] == []


def test_the_schema_would_find_a_mistake():
    schema = json.loads(
        (files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json").read_text()
    )
    wrong = {"services": {"web": {"imagge": "suara"}}}
    assert list(jsonschema.validators.validator_for(schema)(schema).iter_errors(wrong))


def test_all_five_parts_of_the_production_shape_are_there():
    assert {*OURS, "postgres", "redis"} == set(compose())


@pytest.mark.parametrize("name", ["web", "worker", "beat", "postgres", "redis"])
def test_a_part_has_a_health_check_and_starts_again_by_itself(name):
    part = compose()[name]
    assert part["healthcheck"]["test"]
    assert part["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", OURS)
def test_a_part_of_ours_waits_for_what_it_needs_and_may_do_little(name):
    part = compose()[name]
    assert {"postgres", "redis"} <= set(part["depends_on"])
    assert all("condition" in need for need in part["depends_on"].values())
    assert part["read_only"] is True
    assert part["cap_drop"] == ["ALL"]


def test_no_secret_stands_in_the_file_or_in_a_variable():
    for name, part in compose().items():
        for variable, value in part.get("environment", {}).items():
            if any(word in variable for word in ("SECRET", "PASSWORD", "KEY")):
                assert variable.endswith("_FILE"), f"{name}: {variable}"
                assert value.startswith("/run/secrets/"), f"{name}: {variable}"
    assert all(list(secret) == ["file"] for secret in document()["secrets"].values())


def test_the_commands_are_those_of_this_repository():
    assert command_of("web")[1:] == ["-m", "config.serve"]
    assert command_of("worker")[1:5] == ["-m", "celery", "-A", "config"]
    assert command_of("beat")[1:5] == ["-m", "celery", "-A", "config"]
    assert command_of("prepare")[1:] == ["manage.py", "prepare"]


def test_every_variable_in_the_file_is_one_that_the_settings_read():
    known = (ROOT / "config" / "settings.py").read_text() + (ROOT / "config" / "env.py").read_text()
    for variable in compose()["web"]["environment"]:
        assert f'"{variable.removesuffix("_FILE")}"' in known, variable


def test_the_image_runs_as_nobody_in_particular_with_a_health_check():
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    words = [line.split()[0] for line in lines if line and line[0].isalpha()]
    assert words.count("FROM") == 2
    assert "HEALTHCHECK" in words
    assert [line for line in lines if line.startswith("USER")] == ["USER suara"]
