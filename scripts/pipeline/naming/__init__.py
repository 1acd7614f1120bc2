"""What Stripe's fields and operations are called in Python."""
