"""Rights over one's own data: consent, a copy, erasure."""

import strawberry

from app.domain.identity.privacy import ExportState
from app.resolvers import privacy as resolve
from app.schema.access import OWN, access
from app.schema.errors import UserError, user_error
from app.schema.info import Info, words_of
from app.schema.scalars import DateTime

strawberry.enum(ExportState, name="JobState")


@access(OWN)
@strawberry.type
class Privacy:
    policy_version: str
    consented_version: str | None
    consented_at: DateTime | None
    export_url: str | None = strawberry.field(
        description="A path on this host, good for ten minutes; ask again for a new one."
    )
    export_state: ExportState | None
    erasure_at: DateTime | None

    @classmethod
    def of(cls, own: resolve.OwnPrivacy | None) -> "Privacy | None":
        if own is None:
            return None
        consent, erasure_at = own.standing.consent, own.standing.erasure_at
        return cls(
            policy_version=own.policy_version,
            consented_version=consent.policy_version if consent else None,
            consented_at=DateTime(consent.given_at) if consent else None,
            export_url=own.export_url,
            export_state=own.export_state,
            erasure_at=DateTime(erasure_at) if erasure_at else None,
        )


@strawberry.input
class GiveConsentInput:
    policy_version: str


@strawberry.input
class RequestExportInput:
    idempotency_key: str


@strawberry.input
class RequestErasureInput:
    idempotency_key: str


@strawberry.input
class CancelErasureInput:
    idempotency_key: str


@access(OWN)
@strawberry.type
class GiveConsentPayload:
    privacy: Privacy | None
    user_errors: list[UserError]


@access(OWN)
@strawberry.type
class RequestExportPayload:
    privacy: Privacy | None
    user_errors: list[UserError]


@access(OWN)
@strawberry.type
class RequestErasurePayload:
    privacy: Privacy | None
    user_errors: list[UserError]


@access(OWN)
@strawberry.type
class CancelErasurePayload:
    privacy: Privacy | None
    user_errors: list[UserError]


def _errors(answer: resolve.Answer, info: Info) -> list[UserError]:
    return [user_error(refusal, words_of(info)) for refusal in answer.refusals]


@access(OWN)
@strawberry.type
class PrivacyMutations:
    @strawberry.mutation
    async def give_consent(self, info: Info, input: GiveConsentInput) -> GiveConsentPayload | None:  # noqa: A002 the contract's own word
        done = await resolve.give_consent(info.context, input.policy_version)
        return GiveConsentPayload(privacy=Privacy.of(done.privacy), user_errors=_errors(done, info))

    @strawberry.mutation
    async def request_export(
        self,
        info: Info,
        input: RequestExportInput,  # noqa: A002 the contract's own word
    ) -> RequestExportPayload | None:
        done = await resolve.request_export(info.context, input.idempotency_key)
        return RequestExportPayload(
            privacy=Privacy.of(done.privacy), user_errors=_errors(done, info)
        )

    @strawberry.mutation
    async def request_erasure(
        self,
        info: Info,
        input: RequestErasureInput,  # noqa: A002 the contract's own word
    ) -> RequestErasurePayload | None:
        done = await resolve.request_erasure(info.context, input.idempotency_key)
        return RequestErasurePayload(
            privacy=Privacy.of(done.privacy), user_errors=_errors(done, info)
        )

    @strawberry.mutation(description="Takes requestErasure back, as long as it is not done.")
    async def cancel_erasure(
        self,
        info: Info,
        input: CancelErasureInput,  # noqa: A002 likewise
    ) -> CancelErasurePayload | None:
        done = await resolve.cancel_erasure(info.context, input.idempotency_key)
        return CancelErasurePayload(
            privacy=Privacy.of(done.privacy), user_errors=_errors(done, info)
        )
