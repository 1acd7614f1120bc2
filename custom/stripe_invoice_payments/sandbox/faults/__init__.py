"""What can go wrong on demand, between the API and the client."""
