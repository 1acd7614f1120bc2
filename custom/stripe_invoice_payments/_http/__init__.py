"""How the steps of a call get to the network. Only `own_client` imports httpx."""
