"""What a new document means for the people who use this package.

`compare` puts two documents side by side, `classify` says what each difference means, `python_api`
asks the same of the rendered packages, and the `report_*` modules write it down.
"""
