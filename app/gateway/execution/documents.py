"""Documents parsed and validated once: the texts that clients send repeat."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    REMOVE,
    DirectiveNode,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    Visitor,
    specified_rules,
    validate,
    visit,
)
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from app.domain.identity.permissions import Permission
from app.gateway.execution.needs import Needs, needs_of
from app.gateway.faults import EdgeCode
from app.gateway.limits.cost import OperationCost, cost_of
from app.gateway.limits.document_limits import DocumentLimits
from app.gateway.limits.parsing import parse_within
from app.schema.costs import Costs

RULES = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)
"""One tuple of classes for every request: rules made per request would defeat the cache."""

CLOSED_RULES = (*RULES, NoSchemaIntrospectionCustomRule)


class DocumentInvalid(Exception):
    """The text does not parse, or does not fit the schema. `closed`: `errors` name what the schema
    holds, and are kept from callers."""

    def __init__(
        self, code: EdgeCode, errors: Sequence[GraphQLError], *, closed: bool = False
    ) -> None:
        super().__init__(code)
        self.code = code
        self.errors = errors
        self.closed = closed


@dataclass(frozen=True, slots=True)
class ValidDocument:
    """`whole`: the document without `@defer` and `@stream`, for who reads one answer only: `node`
    itself where there are none. `needs`: the permissions without which an operation of it is
    refused. `costs`: of each operation, by its name."""

    node: DocumentNode
    operations: tuple[OperationDefinitionNode, ...]
    whole: DocumentNode
    needs: Needs = field(default_factory=dict[str | None, frozenset[Permission]])
    costs: Mapping[str | None, OperationCost] = field(
        default_factory=dict[str | None, OperationCost]
    )

    @property
    def incremental(self) -> bool:
        return self.whole is not self.node

    def operation(self, name: str | None) -> OperationDefinitionNode | None:
        """The operation to run: the one named, or the only one; else None."""
        if name is None:
            return self.operations[0] if len(self.operations) == 1 else None
        return next((o for o in self.operations if o.name and o.name.value == name), None)


class _Increments(Visitor):
    def enter_directive(self, node: DirectiveNode, *_: Any) -> Any:
        return REMOVE if node.name.value in {"defer", "stream"} else None


def without_increments(node: DocumentNode) -> DocumentNode:
    """Both directives are hints: a server may ignore them. The same node where there are none."""
    return visit(node, _Increments())


class Documents:
    """Valid documents by their text, least recently used out first.

    `closed`: no document asks what the schema holds. `most_characters` bounds the sum of the texts, so that many long documents cannot fill the
    memory; invalid ones are never kept, so that they cannot push others out.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        *,
        limits: DocumentLimits | None = None,
        costs: Costs | None = None,
        most_characters: int = 500_000,
        closed: bool = True,
    ) -> None:
        self._schema = schema
        self._costs = costs or Costs()
        self.limits = limits or DocumentLimits(money=self._costs.money)
        self._most_characters = most_characters
        self._closed = closed
        self._pinned: dict[str, ValidDocument] = {}
        self._kept: OrderedDict[str, ValidDocument] = OrderedDict()
        self._characters = 0

    def pin(self, text: str) -> None:
        """Prepares a document that is kept for good, beside the bound. Raises as `prepare` does."""
        self._pinned[text] = self._validated(text)

    def known(self, text: str) -> bool:
        """Whether `prepare` would have nothing left to do."""
        return text in self._pinned or text in self._kept

    def prepare(self, text: str) -> ValidDocument:
        """Raises `EdgeFault`: past a limit; `DocumentInvalid`."""
        document = self._pinned.get(text)
        if document is not None:
            return document
        document = self._kept.get(text)
        if document is not None:
            self._kept.move_to_end(text)
            return document
        document = self._validated(text)
        self._keep(text, document)
        return document

    def _validated(self, text: str) -> ValidDocument:
        try:
            node = parse_within(text, self.limits)
        except GraphQLError as error:
            raise DocumentInvalid(EdgeCode.GRAPHQL_PARSE_FAILED, [error]) from error
        rules = CLOSED_RULES if self._closed else RULES
        errors = validate(self._schema, node, rules, max_errors=20, hide_suggestions=self._closed)
        if errors:
            code = EdgeCode.GRAPHQL_VALIDATION_FAILED
            raise DocumentInvalid(code, errors, closed=self._closed)
        operations = tuple(d for d in node.definitions if isinstance(d, OperationDefinitionNode))
        return ValidDocument(
            node,
            operations,
            whole=without_increments(node),
            needs=needs_of(self._schema, node),
            costs=self._costs_of(node, operations),
        )

    def _costs_of(
        self, node: DocumentNode, operations: Sequence[OperationDefinitionNode]
    ) -> dict[str | None, OperationCost]:
        return {
            operation.name and operation.name.value: cost_of(
                self._schema, node, operation, self._costs
            )
            for operation in operations
        }

    def _keep(self, text: str, document: ValidDocument) -> None:
        if len(text) > self._most_characters:
            return
        self._kept[text] = document
        self._characters += len(text)
        while self._characters > self._most_characters:
            dropped, _ = self._kept.popitem(last=False)
            self._characters -= len(dropped)
