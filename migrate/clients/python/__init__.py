"""Python programs: what they hold, how values flow in them, and the edits that move them."""
