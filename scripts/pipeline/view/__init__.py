"""What templates see: the API in Python's terms, with every decision made."""
