"""What `spec/slice.yaml` may say: which operations and schemas are kept."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from ..openapi import is_mapping

EVERYTHING: Literal["everything"] = "everything"


def _operation(entry: object) -> object:
    """An entry such as `GET /v1/events`, as method and path."""
    if not isinstance(entry, str):
        return entry
    method, _, path = entry.partition(" ")
    if not path.startswith("/"):
        raise ValueError("an operation has the form `GET /v1/...`")
    return method.lower(), path


class SchemaOptions(BaseModel):
    """How a schema is cut."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    only: Literal["scalars"]


class SliceConfig(BaseModel):
    """What is cut: `spec/slice.yaml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    operations: list[Annotated[tuple[str, str], BeforeValidator(_operation)]] = Field(min_length=1)
    roots: list[str] = []
    schemas: dict[str, SchemaOptions | None] | Literal["everything"] = EVERYTHING

    @field_validator("schemas", mode="before")
    @classmethod
    def _mapping_or_everything(cls, schemas: object) -> object:
        if schemas != EVERYTHING and not is_mapping(schemas):
            raise ValueError('it is neither a mapping nor "everything"')
        return schemas

    @property
    def listed(self) -> set[str]:
        return set() if self.schemas == EVERYTHING else {*self.schemas}

    def keeps(self, schema: str) -> bool:
        return self.schemas == EVERYTHING or schema in self.schemas

    def only_scalars(self, schema: str) -> bool:
        return self.schemas != EVERYTHING and self.schemas.get(schema) is not None
