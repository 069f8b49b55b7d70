"""One engine under load: its requests, its connections, and what was measured so far."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx

from migrate.parity.exchange import Engine
from migrate.parity.latency.arrivals import Load
from migrate.parity.latency.client import Ran, run_block
from migrate.parity.latency.connection import Raw
from migrate.parity.latency.gauges import watching
from migrate.parity.latency.pool import Pool
from migrate.parity.latency.reading import read
from migrate.parity.latency.table import Table
from migrate.parity.latency.wire import Ask, Target, asks
from migrate.parity.prompts import Prompt, PromptError
from migrate.parity.record import identify

# Bytes of answers that wait to be read; beyond, they are read while the load runs, so that memory stays bounded.
WAITING = 64 * 1024 * 1024


@dataclass(slots=True)
class Side:
    """`table` holds the samples, `ran` what each block took, `pages` the engine's own metrics as they came."""

    engine: Engine
    asks: Sequence[Ask]
    pool: Pool
    metrics: Pool
    table: Table = field(default_factory=Table)
    ran: list[Ran] = field(default_factory=list)
    pages: list[Raw] = field(default_factory=list)

    @classmethod
    async def of(cls, url: str, prompts: Sequence[Prompt], api_key: str = "", patience_s: float = 30.0) -> Side:
        """Ask who is there, and build the requests.

        Raises:
            BadUrl: no address of an engine.
            NoEngine: nothing answers, or nothing that is an engine.
            PromptError: no prompt can be put under load.
        """
        target = Target.at(url, api_key)
        headers = {"authorization": f"Bearer {api_key}"} if api_key else {}
        async with httpx.AsyncClient(base_url=url, headers=headers, timeout=patience_s) as client:
            engine, protocol = await identify(client)
        requests = asks(target, prompts, protocol, engine.model)
        if not requests:
            raise PromptError("no prompt can be put under load: none is a generation that every engine can be asked")
        return cls(engine, requests, Pool.to(target), Pool.to(target))

    def close(self) -> None:
        self.pool.close()
        self.metrics.close()

    async def block(self, number: int, load: Load, size: int, patience_s: float) -> None:
        """Run one block into the table. The prompts go round; a block's number says where it begins and its arrivals.

        Raises:
            OSError: the engine takes no connection.
        """
        size = size or len(self.asks)
        chosen = [self.asks[(number * size + at) % len(self.asks)] for at in range(size)]
        keeper = Keeper(self.table, number, [ask.prompt for ask in chosen])
        async with watching(self.metrics, self.pages):
            ran = await run_block(self.pool, [ask.data for ask in chosen], load, patience_s, keeper.keep, number)
        keeper.flush()
        self.ran.append(ran)

    async def apart(self, number: int, load: Load, size: int, patience_s: float) -> tuple[Table, Ran]:
        """Run one block that does not count: its samples and what it took."""
        kept = self.table, self.ran, self.pages
        self.table, self.ran, self.pages = Table(), [], []
        try:
            await self.block(number, load, size, patience_s)
            return self.table, self.ran[0]
        finally:
            self.table, self.ran, self.pages = kept


@dataclass(slots=True)
class Keeper:
    """Answers of a block that wait to be read into the table."""

    table: Table
    block: int
    prompts: Sequence[str]
    most: int = WAITING
    _waiting: deque[tuple[int, Raw]] = field(default_factory=deque)
    _size: int = 0

    def keep(self, number: int, raw: Raw) -> None:
        self._waiting.append((number, raw))
        self._size += raw.size
        while self._size > self.most:
            self._read_oldest()

    def flush(self) -> None:
        """Read all that is left."""
        while self._waiting:
            self._read_oldest()

    def _read_oldest(self) -> None:
        number, raw = self._waiting.popleft()
        self._size -= raw.size
        self.table.add(self.prompts[number], self.block, raw, read(raw))
