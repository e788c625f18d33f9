"""The standard executor: graphql-core over the strawberry schema, without its HTTP view."""

from collections.abc import AsyncGenerator, AsyncIterable, Mapping
from contextlib import aclosing
from inspect import isawaitable
from typing import Any, Protocol, TypeVar, cast

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    create_source_event_stream,
    experimental_execute_incrementally,
)
from graphql.execution import (
    ExperimentalIncrementalExecutionResults,
    SubsequentIncrementalExecutionResult,
)
from strawberry import Schema
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from app.gateway.execution.discretion import discreet
from app.gateway.execution.documents import Documents, ValidDocument
from app.resolvers.context import RequestContext


class Erring(Protocol):
    errors: list[GraphQLError] | None


WithErrors = TypeVar("WithErrors", bound=Erring)


class StandardExecutor:
    """Parsing and validation are kept in `documents`, which strawberry's own `execute` repeats.

    `closed`: no answer tells what the schema holds.

    A schema with strawberry extensions or schema directives is refused: they would not run here.
    """

    def __init__(self, schema: Schema, *, closed: bool) -> None:
        if schema.extensions or schema.directives:
            raise ValueError("strawberry's extensions and directives do not run in this executor")
        self._schema = schema._schema  # noqa: SLF001 -- strawberry offers no public name for it
        self._closed = closed
        self.documents = Documents(self._schema, closed=closed)

    async def events(
        self,
        document: ValidDocument,
        *,
        variables: Mapping[str, Any] | None,
        operation_name: str | None,
        context: RequestContext,
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
            hide_suggestions=self._closed,
            operation_extensions=None,
        )
        if isinstance(built, list):
            return self._told(ExecutionResult(None, errors=built), context)
        found = create_source_event_stream(built)
        return await found if isawaitable(found) else found

    async def execute(
        self,
        document: ValidDocument,
        *,
        variables: Mapping[str, Any] | None,
        operation_name: str | None,
        context: RequestContext,
        root: object = None,
    ) -> ExecutionResult:
        """Field errors are entries of the result; only a defect of the executor raises. What the
        document would defer is in the result, in its place."""
        result = await self._run(document.whole, variables, operation_name, context, root)
        if isinstance(result, ExecutionResult):
            return self._told(result, context)
        raise TypeError("a document without increments was executed in parts")

    async def execute_incrementally(
        self,
        document: ValidDocument,
        *,
        variables: Mapping[str, Any] | None,
        operation_name: str | None,
        context: RequestContext,
    ) -> ExecutionResult | ExperimentalIncrementalExecutionResults:
        """As `execute`; what the document defers comes later, where anything does."""
        result = await self._run(document.node, variables, operation_name, context)
        if isinstance(result, ExecutionResult):
            return self._told(result, context)
        self._told(result.initial_result, context)
        return result._replace(subsequent_results=self._later(result.subsequent_results, context))

    async def _later(
        self,
        results: AsyncGenerator[SubsequentIncrementalExecutionResult, None],
        context: RequestContext,
    ) -> AsyncGenerator[SubsequentIncrementalExecutionResult, None]:
        async with aclosing(results):
            async for result in results:
                for part in (*(result.incremental or ()), *(result.completed or ())):
                    self._told(part, context)
                yield result

    def _told(self, result: WithErrors, context: RequestContext) -> WithErrors:
        """The result, its errors as callers may read them."""
        if self._closed and result.errors:
            result.errors = discreet(result.errors, context.language)
        return result

    async def _run(
        self,
        document: DocumentNode,
        variables: Mapping[str, Any] | None,
        operation_name: str | None,
        context: RequestContext,
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
            hide_suggestions=self._closed,
            operation_extensions=None,
        )
        return await outcome if isawaitable(outcome) else outcome
