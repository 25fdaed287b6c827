"""Builds on their way to the readers: what the gate said of them, which one is current, and the lease of whoever makes one.

A publication is prepared -> current -> superseded or rolled_back. Each step is one transaction here, before or after one
atomic step in the file system, so that whatever was interrupted can be finished or undone by the next run.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from warehouse.ledger import schema
from warehouse.ledger.build_types import GateOverride, Lease, Publication, PublicationState, Verdict
from warehouse.ledger.store import Store, next_id

_P = schema.publication.c

RELEASED = "released"
"""Action of the event by which a rollback ended; stored."""
_L = schema.lease.c
_V = schema.verdict.c


class UnknownPublication(LookupError):
    """The ledger has no publication of this build."""


class Leased(RuntimeError):
    """Somebody else holds the lease; `lease` says who."""

    def __init__(self, lease: Lease) -> None:
        super().__init__(f"{lease.name}: {lease.holder} ({lease.run}), {lease.acquired_at.isoformat()}")
        self.lease = lease


def _publication(row: Row[Any]) -> Publication:
    return Publication(**row._mapping)


def _publication_of(connection: Connection, build_id: str) -> Publication:
    row = connection.execute(select(schema.publication).where(_P.build_id == build_id)).one_or_none()
    if row is None:
        raise UnknownPublication(f"没有这次构建 (no such build): {build_id}")
    return _publication(row)


class Publications(Store):
    """The part of the ledger that keeps publications, verdicts of the gate, and leases."""

    # leases -----------------------------------------------------------------------------------------------------------

    def acquire_lease(
        self, name: str, run: str, expires_after: timedelta, holder: str | None = None, *, ended: str | None = None
    ) -> Lease:
        """Take a lease for a run, or renew it where the run holds it already; gives it.

        One whose holder gave no sign of life for `expires_after` is taken over, and that is recorded; likewise that of a
        run that is known to have `ended`. holder: who takes it; the ledger's actor unless given. Raises Leased.
        """
        with self.writing() as connection:
            now = self._now(connection)
            row = connection.execute(select(schema.lease).where(_L.name == name)).one_or_none()
            held = None if row is None else Lease(**row._mapping)
            if held is not None and held.run == run:
                connection.execute(schema.lease.update().where(_L.name == name).values(heartbeat_at=now))
                return Lease(name, held.holder, run, held.acquired_at, now)
            if held is not None and held.run != ended and held.heartbeat_at + expires_after > now:
                raise Leased(held)
            if held is not None:
                connection.execute(schema.lease.delete().where(_L.name == name))
                self._record(connection, now, "lease_taken_over", detail={"lease": name, "from": held.run, "by": run})
            new = Lease(name, holder or self.actor, run, now, now)
            connection.execute(schema.lease.insert().values(**asdict(new)))
            return new

    def heartbeat(self, name: str, run: str) -> bool:
        """Say that the holder is alive; False where the run does not hold the lease (any more)."""
        with self.writing() as connection:
            now = self._now(connection)
            beaten = connection.execute(
                schema.lease.update().where(_L.name == name, _L.run == run).values(heartbeat_at=now)
            )
            return beaten.rowcount == 1

    def release_lease(self, name: str, run: str) -> None:
        """Give a lease back; one that the run does not hold stays."""
        with self.writing() as connection:
            connection.execute(schema.lease.delete().where(_L.name == name, _L.run == run))

    def lease(self, name: str) -> Lease | None:
        """Who holds a lease; None where nobody does."""
        with self.reading() as connection:
            row = connection.execute(select(schema.lease).where(_L.name == name)).one_or_none()
            return None if row is None else Lease(**row._mapping)

    # the gate ---------------------------------------------------------------------------------------------------------

    def record_verdict(
        self,
        build_id: str,
        content_hash: str,
        *,
        failures: Sequence[Mapping[str, str]],
        warnings: Sequence[Mapping[str, str]] = (),
        passed: bool,
    ) -> Verdict:
        """Keep what the gate said of a build, and of which content."""
        with self.writing() as connection:
            now = self._now(connection)
            new = Verdict(build_id, now, content_hash, passed, tuple(failures), tuple(warnings))
            connection.execute(
                schema.verdict.insert().values(
                    **{**asdict(new), "failures": list(new.failures), "warnings": list(new.warnings)}
                )
            )
            detail = {"build_id": build_id, "content_hash": content_hash, "failures": list(new.failures)}
            self._record(connection, now, "gate_passed" if passed else "gate_refused", detail=detail)
            return new

    def verdict(self, build_id: str | None = None) -> Verdict | None:
        """The newest verdict on a build, or on any; None where it was never judged."""
        chosen = select(schema.verdict).order_by(_V.verdict_id.desc()).limit(1)
        if build_id is not None:
            chosen = chosen.where(_V.build_id == build_id)
        with self.reading() as connection:
            row = connection.execute(chosen).one_or_none()
        if row is None:
            return None
        fields = {name: value for name, value in row._mapping.items() if name != "verdict_id"}
        return Verdict(**{**fields, "failures": tuple(row.failures), "warnings": tuple(row.warnings)})

    def override_gate(
        self, build_id: str, content_hash: str, checks: Iterable[str], *, because: str, decided_by: str
    ) -> GateOverride:
        """Record that failed checks do not stop one build of one content."""
        with self.writing() as connection:
            now = self._now(connection)
            new = GateOverride(
                next_id(connection, schema.gate_override, "G"),
                build_id,
                content_hash,
                tuple(sorted(checks)),
                because,
                decided_by,
                now,
                self.actor,
            )
            connection.execute(schema.gate_override.insert().values(**{**asdict(new), "checks": list(new.checks)}))
            self._record(
                connection,
                now,
                "gate_overridden",
                detail={"build_id": build_id, "checks": list(new.checks), "because": because, "decided_by": decided_by},
            )
            return new

    def gate_overrides(self, build_id: str | None = None) -> list[GateOverride]:
        """Overrides of the gate, oldest first; of one build, or of all."""
        table = schema.gate_override
        chosen = select(table).order_by(table.c.override_id)
        if build_id is not None:
            chosen = chosen.where(table.c.build_id == build_id)
        with self.reading() as connection:
            return [GateOverride(**{**row._mapping, "checks": tuple(row.checks)}) for row in connection.execute(chosen)]

    # publications -----------------------------------------------------------------------------------------------------

    def prepare_publication(
        self,
        build_id: str,
        *,
        inputs_fingerprint: str,
        path: str,
        content_hash: str | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> Publication:
        """Enter a build whose folder stands whole, before `current` is moved to it; once more changes nothing."""
        with self.writing() as connection:
            known = connection.execute(select(schema.publication).where(_P.build_id == build_id)).one_or_none()
            if known is not None:
                return _publication(known)
            now = self._now(connection)
            new = Publication(
                build_id, "prepared", now, None, None, inputs_fingerprint, content_hash, path, dict(detail or {})
            )
            connection.execute(schema.publication.insert().values(**asdict(new)))
            return new

    def make_current(self, build_id: str, *, former: PublicationState = "superseded") -> Publication:
        """Enter that `current` leads to a build now; the one before becomes `former`. Once more changes nothing.

        Raises UnknownPublication.
        """
        with self.writing() as connection:
            before = _publication_of(connection, build_id)
            if before.state == "current":
                return before
            now = self._now(connection)
            connection.execute(
                schema.publication.update()
                .where(_P.state == "current")
                .values(state=former, superseded_at=now, pinned_at=None, pinned_by=None, pinned_because=None)
            )
            connection.execute(
                schema.publication.update()
                .where(_P.build_id == build_id)
                .values(state="current", published_at=before.published_at or now, superseded_at=None)
            )
            self._record(
                connection,
                now,
                "published",
                before=before.state,
                after="current",
                detail={"build_id": build_id, "inputs_fingerprint": before.inputs_fingerprint},
            )
            return _publication_of(connection, build_id)

    def pin(self, build_id: str, *, because: str, decided_by: str) -> Publication:
        """Keep a build current until it is released. Raises UnknownPublication."""
        return self._set_pin(build_id, "pinned", because, decided_by)

    def release_pin(self, build_id: str, *, because: str, decided_by: str) -> Publication:
        """Let newer builds become current again. Raises UnknownPublication."""
        return self._set_pin(build_id, RELEASED, because, decided_by)

    def _set_pin(self, build_id: str, action: str, because: str, decided_by: str) -> Publication:
        with self.writing() as connection:
            _publication_of(connection, build_id)
            now = self._now(connection)
            pin = (now, decided_by, because) if action == "pinned" else (None, None, None)
            connection.execute(
                schema.publication.update()
                .where(_P.build_id == build_id)
                .values(pinned_at=pin[0], pinned_by=pin[1], pinned_because=pin[2])
            )
            detail = {"build_id": build_id, "because": because, "decided_by": decided_by}
            self._record(connection, now, action, detail=detail)
            return _publication_of(connection, build_id)

    def forget_prepared(self, build_id: str) -> None:
        """Take out a prepared build that never became current; any other stays."""
        with self.writing() as connection:
            connection.execute(schema.publication.delete().where(_P.build_id == build_id, _P.state == "prepared"))

    def publications(self, state: PublicationState | None = None) -> list[Publication]:
        """Builds, oldest first; of one state, or all that ever were current."""
        chosen = select(schema.publication).order_by(_P.prepared_at, _P.build_id)
        chosen = chosen.where(_P.published_at.is_not(None) if state is None else _P.state == state)
        with self.reading() as connection:
            return [_publication(row) for row in connection.execute(chosen)]

    def current_publication(self) -> Publication | None:
        """The build that is current by the ledger; None before the first."""
        found = self.publications("current")
        return found[-1] if found else None

    def published_at(self, moment: datetime) -> Publication | None:
        """The build that was current at a moment, by the audit trail; None before the first."""
        event = schema.event.c
        chosen = (
            select(event.detail)
            .where(event.action == "published", event.at <= moment)
            .order_by(event.event_id.desc())
            .limit(1)
        )
        with self.reading() as connection:
            detail = connection.execute(chosen).scalar_one_or_none()
            if detail is None:
                return None
            chosen = select(schema.publication).where(_P.build_id == detail["build_id"])
            row = connection.execute(chosen).one_or_none()
            return None if row is None else _publication(row)
