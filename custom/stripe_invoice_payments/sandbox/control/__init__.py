"""What tests change and ask: in Python, over HTTP and through webhooks."""
