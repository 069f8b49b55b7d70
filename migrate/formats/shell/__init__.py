"""Shell scripts, and every text that is almost one."""
