"""What callers can configure: options, their defaults and checks, and what `help` shows of them."""
