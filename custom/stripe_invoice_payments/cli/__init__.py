"""The command line `inpay`, built on the public client, which does not import it.

A map of its modules, for those who change it:

- `program` parses the arguments, runs a command, and turns errors into exit codes, which are in
  `exits`. `arguments` has the options that all commands share, and `periods` reads dates.
- `keys` finds the API key and the signing secret of webhooks, `profiles` reads the file that may
  say where the key is, `access` makes the client.
- `output` writes data to stdout in each format, `messages` writes to stderr. `rows` makes rows of
  payments, `table` draws them.
- `pages` presents certificates and reconciliations as HTML.
- `progress` shows how far a long command has got.
- `commands` has a module for each command: `add_arguments` and `run`.

`program` imports the module of the chosen command only. What takes long to import (the client, the
sandbox, files) is imported inside of functions.
"""
