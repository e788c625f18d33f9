"""Incremental delivery: what `@defer` and `@stream` leave for later comes in answers of its own,
in the format with `pending`, `incremental` and `completed`."""

import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any

from graphql import ExecutionResult, GraphQLError
from graphql.execution import (
    ExperimentalIncrementalExecutionResults,
    InitialIncrementalExecutionResult,
    SubsequentIncrementalExecutionResult,
)

from app.gateway.admission import Admitted
from app.gateway.deadline import within
from app.gateway.errors import field_errors, internal_answer, log_fault
from app.gateway.execution.standard import StandardExecutor
from app.gateway.faults import EdgeCode
from app.gateway.outcomes import Outcome, executed, given_up
from app.resolvers.context import RequestContext

Answer = dict[str, Any]


class Incremental:
    """`deadline_s`: for all parts of an operation together."""

    def __init__(self, executor: StandardExecutor, deadline_s: float) -> None:
        self._executor = executor
        self._deadline_s = deadline_s

    async def answers(self, admitted: Admitted) -> Outcome | AsyncGenerator[Answer, None]:
        """The first answer is awaited. A whole outcome where nothing was left for later."""
        until = time.monotonic() + self._deadline_s
        try:
            async with within(self._deadline_s, admitted.context):
                result = await self._executor.execute_incrementally(
                    admitted.document,
                    variables=admitted.variables,
                    operation_name=admitted.operation_name,
                    context=admitted.context,
                )
        except TimeoutError as fault:
            log_fault(fault, admitted.context.request_id or "", where="deadline")
            return given_up(admitted.context)
        if isinstance(result, ExecutionResult):
            return executed(result, admitted.context, None)
        return _all(result, admitted.context, until)


async def _all(
    result: ExperimentalIncrementalExecutionResults, context: RequestContext, until: float
) -> AsyncGenerator[Answer, None]:
    first = _first(result.initial_result, context)
    pending = [each["id"] for each in first["pending"]]
    yield first
    async with aclosing(result.subsequent_results) as later:
        while True:
            try:
                async with within(until - time.monotonic(), context):
                    following = await anext(later)
            except StopAsyncIteration:
                return
            except TimeoutError as fault:
                log_fault(fault, context.request_id or "", where="deadline")
                yield _broken_off(pending, context)
                return
            answer = _following(following, context)
            pending += [each["id"] for each in answer.get("pending", ())]
            done = {each["id"] for each in answer.get("completed", ())}
            pending = [each for each in pending if each not in done]
            yield answer


def _first(result: InitialIncrementalExecutionResult, context: RequestContext) -> Answer:
    answer: Answer = dict(result.formatted)
    return _masked(answer, result.errors, context)


def _following(result: SubsequentIncrementalExecutionResult, context: RequestContext) -> Answer:
    """Errors stand within the parts: each is masked as one of a whole answer is."""
    answer: Answer = dict(result.formatted)
    if result.incremental:
        answer["incremental"] = [
            _masked(dict(each.formatted), each.errors, context) for each in result.incremental
        ]
    if result.completed:
        answer["completed"] = [
            _masked(dict(each.formatted), each.errors, context) for each in result.completed
        ]
    return answer


def _masked(
    answer: Answer, errors: Sequence[GraphQLError] | None, context: RequestContext
) -> Answer:
    if errors:
        answer["errors"] = field_errors(errors, context.language, context.request_id or "")
    return answer


def _broken_off(pending: Sequence[str], context: RequestContext) -> Answer:
    """The last answer of an operation that took too long: what is still to come failed."""
    told = internal_answer(context.language, context.request_id or "", EdgeCode.TIMEOUT)
    return {
        "hasNext": False,
        "completed": [{"id": each, "errors": told["errors"]} for each in pending],
    }
