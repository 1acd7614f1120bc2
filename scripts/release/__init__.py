"""Building the wheel and the sdist, testing what is in them, and uploading them."""
