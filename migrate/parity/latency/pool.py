"""Open connections to one engine."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field

from migrate.parity.latency.connection import Connection, connect
from migrate.parity.latency.wire import Target

CONNECT_S = 10.0


@dataclass(slots=True)
class Pool:
    """Idle connections to one engine; new ones are opened where none is idle."""

    target: Target
    context: ssl.SSLContext | None = None
    _idle: list[Connection] = field(default_factory=list)
    _open: set[Connection] = field(default_factory=set)

    @classmethod
    def to(cls, target: Target) -> Pool:
        return cls(target, target.context())

    def take(self) -> Connection | None:
        """An idle connection that is still open, None where there is none."""
        while self._idle:
            connection = self._idle.pop()
            if connection.reusable:
                return connection
            self._open.discard(connection)
        return None

    def give(self, connection: Connection) -> None:
        """Take a connection back; one that cannot be used again is closed."""
        if connection.reusable:
            self._idle.append(connection)
        else:
            connection.abort()
            self._open.discard(connection)

    async def open(self) -> Connection:
        """A new connection.

        Raises:
            OSError: the engine does not take it.
        """
        connection = await connect(self.target.host, self.target.port, self.context, CONNECT_S)
        self._open.add(connection)
        return connection

    async def warm(self, number: int) -> None:
        """Have so many connections idle.

        Raises:
            OSError: the engine does not take them.
        """
        self._idle = [connection for connection in self._idle if connection.reusable]
        while len(self._idle) < number:
            self._idle.append(await self.open())

    def close(self) -> None:
        """Close all, in use or not; requests in flight end with a failure."""
        for connection in tuple(self._open):
            connection.finish("cancelled")
            connection.abort()
        self._open.clear()
        self._idle.clear()
