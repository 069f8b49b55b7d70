"""Programs that speak HTTP to TGI's own routes."""
