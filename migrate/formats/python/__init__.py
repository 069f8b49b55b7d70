"""Launches in Python programs."""
