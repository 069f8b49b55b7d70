"""Programs that talk to TGI: what becomes of their calls, and what the server must offer them."""

from migrate.clients.outcome import ClientName, Clients
from migrate.clients.reading import read

__all__ = ["ClientName", "Clients", "read"]
