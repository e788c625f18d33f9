"""OAuth clients, their authorization codes, and service accounts, in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.domain.identity.permissions import Permission
from app.ports.applications import AuthorizationCode, OAuthClient, ServiceAccount
from app.storage.engine import reading
from app.storage.tables import OAuthClientRow, OAuthCodeRow, ServiceAccountRow, table_of

CLIENT = table_of(OAuthClientRow)
CODE = table_of(OAuthCodeRow)
SERVICE = table_of(ServiceAccountRow)


class PostgresApplicationBook:
    """Implements `app.ports.applications.ApplicationBook`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep_code(self, code_hash: bytes, code: AuthorizationCode) -> None:
        kept = {
            "code_hash": code_hash,
            "client": code.client_id,
            "owner_id": code.owner_id,
            "redirect_uri": code.redirect_uri,
            "challenge": code.challenge,
            "device": code.device,
            "made_at": code.made_at,
        }
        await self._connection.execute(insert(CODE).values(kept))

    async def use_code(self, hashes: Sequence[bytes], at: datetime) -> AuthorizationCode | None:
        used = (
            update(CODE)
            .where(CODE.c.code_hash.in_(list(hashes)), CODE.c.used_at.is_(None))
            .values(used_at=at)
            .returning(CODE)
        )
        row = (await self._connection.execute(used)).first()
        if row is None:
            return None
        return AuthorizationCode(
            client_id=row.client,
            owner_id=row.owner_id,
            redirect_uri=row.redirect_uri,
            challenge=row.challenge,
            device=row.device,
            made_at=row.made_at,
        )

    async def code_opened(self, hashes: Sequence[bytes], session_id: int) -> None:
        opened = update(CODE).where(CODE.c.code_hash.in_(list(hashes)))
        await self._connection.execute(opened.values(session_id=session_id))

    async def session_of_code(self, hashes: Sequence[bytes]) -> tuple[int, int] | None:
        query = select(CODE.c.owner_id, CODE.c.session_id).where(
            CODE.c.code_hash.in_(list(hashes)), CODE.c.session_id.is_not(None)
        )
        row = (await self._connection.execute(query)).first()
        return None if row is None else (row.owner_id, row.session_id)

    async def purge_codes(self, made_before: datetime) -> int:
        gone = delete(CODE).where(CODE.c.made_at < made_before)
        return (await self._connection.execute(gone)).rowcount

    async def keep_client(self, client: OAuthClient, at: datetime) -> None:
        values = {
            "name": client.name,
            "redirect_uris": list(client.redirect_uris),
            "disabled_at": client.disabled_at,
        }
        new = upsert(CLIENT).values(client=client.client_id, added_at=at, **values)
        kept = new.on_conflict_do_update(index_elements=[CLIENT.c.client], set_=values)
        await self._connection.execute(kept)

    async def add_service(self, account: ServiceAccount) -> int | None:
        made = (
            upsert(SERVICE)
            .values(
                name=account.name,
                secret_hash=account.secret_hash,
                scopes=sorted(scope.value for scope in account.scopes),
                added_by=account.added_by,
                added_at=account.added_at,
            )
            .on_conflict_do_nothing(index_elements=[SERVICE.c.name])
            .returning(SERVICE.c.id)
        )
        return (await self._connection.execute(made)).scalar()

    async def service_named(self, name: str) -> ServiceAccount | None:
        query = select(SERVICE).where(SERVICE.c.name == name).with_for_update()
        row = (await self._connection.execute(query)).first()
        return None if row is None else _service(row)

    async def revoke_service(self, service_id: int, at: datetime) -> bool:
        revoked = update(SERVICE).where(SERVICE.c.id == service_id, SERVICE.c.revoked_at.is_(None))
        return (await self._connection.execute(revoked.values(revoked_at=at))).rowcount > 0

    async def service_used(self, service_id: int, at: datetime) -> None:
        used = update(SERVICE).where(SERVICE.c.id == service_id).values(last_used_at=at)
        await self._connection.execute(used)


class PostgresApplicationRepository:
    """Implements `app.ports.applications.ApplicationRepository`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def client(self, client_id: str) -> OAuthClient | None:
        rows = await self._rows(select(CLIENT).where(CLIENT.c.client == client_id))
        return _client(rows[0]) if rows else None

    async def clients(self) -> Sequence[OAuthClient]:
        return [_client(row) for row in await self._rows(select(CLIENT).order_by(CLIENT.c.client))]

    async def service(self, service_id: int) -> ServiceAccount | None:
        rows = await self._rows(select(SERVICE).where(SERVICE.c.id == service_id))
        return _service(rows[0]) if rows else None

    async def services(self) -> Sequence[ServiceAccount]:
        return [_service(row) for row in await self._rows(select(SERVICE).order_by(SERVICE.c.name))]

    async def _rows(self, query: Any) -> Sequence[Any]:
        async with reading(self._engine) as connection:
            return (await connection.execute(query)).all()


def _client(row: Any) -> OAuthClient:
    return OAuthClient(
        client_id=row.client,
        name=row.name,
        redirect_uris=tuple(row.redirect_uris),
        disabled_at=row.disabled_at,
    )


def _service(row: Any) -> ServiceAccount:
    return ServiceAccount(
        id=row.id,
        name=row.name,
        scopes=frozenset(map(Permission, row.scopes)),
        added_by=row.added_by,
        added_at=row.added_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
        secret_hash=row.secret_hash,
    )
