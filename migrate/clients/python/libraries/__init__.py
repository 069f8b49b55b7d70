"""Programs that use a client library: objects, calls on them, names of the library."""
