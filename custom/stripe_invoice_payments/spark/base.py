"""What of pyspark the data source builds on.

pyspark is as large as everything else together, so it is not installed where types are checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..export.arrow import extra_module

if TYPE_CHECKING:

    class DataSource:
        """See `pyspark.sql.datasource.DataSource`."""

        options: Mapping[str, str]

    class InputPartition:
        """See `pyspark.sql.datasource.InputPartition`."""

        def __init__(self, value: Any) -> None: ...

        value: Any

    class DataSourceReader:
        """See `pyspark.sql.datasource.DataSourceReader`."""

        pushFilters: Any  # noqa: N815 - Spark's name

    class DataSourceStreamReader:
        """See `pyspark.sql.datasource.DataSourceStreamReader`."""

else:
    _module = extra_module("pyspark.sql.datasource", "spark")
    DataSource = _module.DataSource
    DataSourceReader = _module.DataSourceReader
    DataSourceStreamReader = _module.DataSourceStreamReader
    InputPartition = _module.InputPartition


def setting(name: str) -> str | None:
    """The value of one of Spark's settings, in a task. Spark sends them along with each job."""
    context = extra_module("pyspark", "spark").TaskContext.get()
    value: str | None = None if context is None else context.getLocalProperty(name)
    return value
