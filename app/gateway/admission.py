"""What every operation passes before it runs, whatever carries it: HTTP, events or a WebSocket.

Each step may refuse, by `EdgeFault` or `DocumentInvalid`. They stand in the order of their cost.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import OperationDefinitionNode, OperationType
from starlette.requests import HTTPConnection

from app.gateway.context import Services, build_context
from app.gateway.execution.documents import Documents, ValidDocument
from app.gateway.execution.needs import permit
from app.gateway.faults import EdgeCode, EdgeFault
from app.gateway.limits.toll import Paid, Toll, TollOptions
from app.gateway.request import GraphQLRequest
from app.gateway.trusted.gate import DocumentGate, TrustedOptions
from app.gateway.trusted.versions import Client, client_of
from app.resolvers.context import RequestContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """An operation that may run, and for whom. `context` is of this moment: a subscription makes a
    new one for each of its answers."""

    document: ValidDocument
    operation: OperationDefinitionNode
    variables: Mapping[str, Any] | None
    context: RequestContext
    paid: Paid
    client: Client

    @property
    def operation_name(self) -> str | None:
        name = self.operation.name
        return None if name is None else name.value

    @property
    def subscribes(self) -> bool:
        return self.operation.operation is OperationType.SUBSCRIPTION

    @property
    def changes(self) -> bool:
        return self.operation.operation is OperationType.MUTATION


class Admission:
    def __init__(
        self,
        documents: Documents,
        services: Services,
        trusted: TrustedOptions | None = None,
        toll: TollOptions | None = None,
    ) -> None:
        self._documents = documents
        self._gate = DocumentGate(documents, trusted or TrustedOptions())
        self._toll = Toll(toll or TollOptions())
        self._services = services

    async def admit(self, caller: HTTPConnection, asked: GraphQLRequest) -> Admitted:
        """Raises `EdgeFault` and `DocumentInvalid`."""
        client = client_of(caller)
        self._gate.admit(client)
        context = await self.context_of(caller)
        unread = self._gate.unread(asked)
        if unread is not None:
            await self._toll.for_reading(context, unread)
        document = await self._gate.document(asked, client)
        operation = _chosen(document, asked.operation_name)
        name = operation.name and operation.name.value
        permit(document.needs, name, context.principal)
        context.no_store = name in document.needs  # what needs a permission is nobody's to keep
        self._documents.limits.check_variables(asked.variables)
        paid = await self._toll.for_running(context, document.costs[name], asked.variables)
        return Admitted(
            document=document,
            operation=operation,
            variables=asked.variables,
            context=context,
            paid=paid,
            client=client,
        )

    async def context_of(self, caller: HTTPConnection) -> RequestContext:
        """Who asks, over which channel, at which instant. Raises `EdgeFault`: the credentials do not
        hold, or a header does not."""
        return build_context(caller, self._services)


def _chosen(document: ValidDocument, name: str | None) -> OperationDefinitionNode:
    operation = document.operation(name)
    if operation is None:
        raise EdgeFault(
            422,
            EdgeCode.OPERATION_UNKNOWN,
            "请用 operationName 指明文档中的一个操作。",
            "Name one operation of the document in `operationName`.",
        )
    return operation
