"""Where an answer goes in a program, and what is read from it."""
