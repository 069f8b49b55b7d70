"""Texts that a program puts together, and what tells TGI's address from others."""
