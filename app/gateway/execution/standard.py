"""The standard executor: graphql-core over the strawberry schema, without its HTTP view."""

from collections.abc import AsyncIterable, Mapping
from inspect import isawaitable
from typing import Any, cast

from graphql import (
    DocumentNode,
    ExecutionResult,
    create_source_event_stream,
    experimental_execute_incrementally,
)
from graphql.execution import ExperimentalIncrementalExecutionResults
from strawberry import Schema
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from app.gateway.execution.documents import Documents, ValidDocument


class StandardExecutor:
    """Parsing and validation are kept in `documents`, which strawberry's own `execute` repeats.

    A schema with strawberry extensions or schema directives is refused: they would not run here.
    """

    def __init__(self, schema: Schema, *, hide_suggestions: bool) -> None:
        if schema.extensions or schema.directives:
            raise ValueError("strawberry's extensions and directives do not run in this executor")
        self._schema = schema._schema  # noqa: SLF001 -- strawberry offers no public name for it
        self._hide_suggestions = hide_suggestions
        self.documents = Documents(self._schema, hide_suggestions=hide_suggestions)

    async def events(
        self,
        document: ValidDocument,
        *,
        variables: Mapping[str, Any] | None,
        operation_name: str | None,
        context: object,
    ) -> AsyncIterable[Any] | ExecutionResult:
        """The source events of a subscription; each is then the `root` of an `execute` of its own,
        with a context of its own. A result: why there are none."""
        built = StrawberryGraphQLCoreExecutionContext.build(
            self._schema,
            document.whole,
            context_value=context,
            raw_variable_values=dict(variables) if variables else None,
            operation_name=operation_name,
            is_awaitable=cast("Any", optimized_is_awaitable),
            hide_suggestions=self._hide_suggestions,
            operation_extensions=None,
        )
        if isinstance(built, list):
            return ExecutionResult(None, errors=built)
        found = create_source_event_stream(built)
        return await found if isawaitable(found) else found

    async def execute(
        self,
        document: ValidDocument,
        *,
        variables: Mapping[str, Any] | None,
        operation_name: str | None,
        context: object,
        root: object = None,
    ) -> ExecutionResult:
        """Field errors are entries of the result; only a defect of the executor raises. What the
        document would defer is in the result, in its place."""
        result = await self._run(document.whole, variables, operation_name, context, root)
        if isinstance(result, ExecutionResult):
            return result
        raise TypeError("a document without increments was executed in parts")

    async def execute_incrementally(
        self,
        document: ValidDocument,
        *,
        variables: Mapping[str, Any] | None,
        operation_name: str | None,
        context: object,
    ) -> ExecutionResult | ExperimentalIncrementalExecutionResults:
        """As `execute`; what the document defers comes later, where anything does."""
        return await self._run(document.node, variables, operation_name, context)

    async def _run(
        self,
        document: DocumentNode,
        variables: Mapping[str, Any] | None,
        operation_name: str | None,
        context: object,
        root: object = None,
    ) -> ExecutionResult | ExperimentalIncrementalExecutionResults:
        """By the one entrance that takes a schema with `@defer`; graphql-core's other one refuses
        it, whatever the document."""
        outcome = experimental_execute_incrementally(
            self._schema,
            document,
            root_value=root,
            context_value=context,
            variable_values=dict(variables) if variables else None,
            operation_name=operation_name,
            executor_class=StrawberryGraphQLCoreExecutionContext,
            is_awaitable=cast("Any", optimized_is_awaitable),
            hide_suggestions=self._hide_suggestions,
            operation_extensions=None,
        )
        return await outcome if isawaitable(outcome) else outcome
