"""What pages, comments and test reports are made of; nothing that a file or a model said acts in them."""
