"""How an engine comes to be there: each launcher gives the URL of a healthy engine and leaves nothing behind."""
