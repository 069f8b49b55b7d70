"""How fast an engine answers: load, times, and statistics that hold."""
