"""Units of systemd, Quadlet's among them."""
