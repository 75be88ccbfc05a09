"""The OpenAPI description: what ninja knows, and what `door` adds to every address."""

from typing import Any

from django.urls import reverse
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from indicators.api.problems import MEDIA_TYPE, Problem

_TEXT = {"schema": {"type": "string"}}
_HEADERS = {
    "ETag": _TEXT | {"description": "Send it back in If-None-Match to ask whether this stands."},
    "Last-Modified": _TEXT | {"description": "When something was last recorded in the ledger."},
    "Cache-Control": _TEXT | {"description": "Who may keep the answer, and how long."},
}
_CONDITION = {
    "in": "header",
    "name": "If-None-Match",
    "required": False,
    "schema": {"type": "string"},
    "description": "The ETag of the answer that the reader already has.",
}
# Every address answers so to what it cannot use, whether or not it has parameters.
_ALSO = {
    "400": "The address holds a character that nothing here has (NUL), or is damaged.",
    "404": "A code, slug or id names nothing that the reader may see.",
    "422": "A parameter is unknown or not usable; `errors` says which and why.",
}


class DescribedAPI(NinjaAPI):
    """An API below the application's own namespace, which its address of itself has to name."""

    def get_root_path(self, path_params: dict[str, Any]) -> str:
        return reverse("indicators:api:index", kwargs=path_params)

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """The name of its address."""
        return operation.view_func.__name__

    def get_openapi_schema(self, **kwargs: Any) -> OpenAPISchema:
        """As it is spoken through `door`."""
        described = super().get_openapi_schema(**kwargs)
        described["jsonSchemaDialect"] = "https://json-schema.org/draft/2020-12/schema"
        schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        described["components"]["schemas"] |= schema.pop("$defs") | {"Problem": schema}
        problem = {"$ref": "#/components/schemas/Problem"}
        for operations in described["paths"].values():
            for operation in operations.values():
                operation["parameters"] = [*operation["parameters"], _CONDITION]
                answers = {str(status): said for status, said in operation["responses"].items()}
                answers["200"] |= {"headers": _HEADERS}
                answers["304"] = {
                    "description": "The reader's answer still stands.",
                    "headers": {"ETag": _TEXT},
                }
                answers |= {
                    status: {
                        "description": words,
                        "content": {MEDIA_TYPE: {"schema": problem}},
                    }
                    for status, words in _ALSO.items()
                }
                operation["responses"] = answers
        return described
