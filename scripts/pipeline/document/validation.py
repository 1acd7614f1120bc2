"""Validate: the document is valid OpenAPI, judged by software that is not ours."""

from __future__ import annotations

from openapi_spec_validator import validate
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError

from ..errors import PipelineError
from ..openapi import Document


def validate_document(document: Document, where: str) -> None:
    """Raises `PipelineError` if `openapi-spec-validator` objects to `document`."""
    try:
        validate(document)
    except Exception as error:  # it stumbles over some documents that are not valid
        problem = f"openapi-spec-validator cannot judge it ({type(error).__name__}: {error!s:.200})"
        if isinstance(error, OpenAPIValidationError):
            path = ".".join(str(part) for part in getattr(error, "absolute_path", ()))
            complaint = str(error).splitlines()[0].rpartition("} ")[2]  # behind the whole schema
            problem = f"not valid OpenAPI at {path or 'the top'}: {complaint}"
        raise PipelineError(
            where, problem, "If an overlay action caused it, correct that; else report it upstream"
        ) from error
