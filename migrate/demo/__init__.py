"""`migrate demo`: the shipped example and recordings of both real engines, without GPU and network."""
