"""What a new document means for the people who use this package.

A map, in the order in which to read. Each module decides one thing:

- `updating`: the update as a whole, which `scripts/update_spec.py` runs.
- `compare`: the whole comparison. It cuts both documents, lays the overlay over both, and asks:
    - `renames`: which schemas and paths Stripe only calls differently now;
    - `reading`: what users see of each document, as the parts that `api` describes;
    - `judging`: what each difference between two parts means for users;
    - `overlay_health`: whether the overlay still says what it was written to say;
    - `outside`: what is new just outside the cut.
- `verdicts`: one table with every kind of change and its sentence, by the effect on users; what an
  effect means for the version number; and the findings about `spec/`, which change nothing for
  users.
- `python_api`: the second verdict, by griffe, on the rendered packages. It takes nothing from the
  first; `annotations` is the judgement of types that griffe does not make.
- `hand_written`: what nobody generates and does not fit any more.
- `schemas`: what more than one of these asks of a schema: its parts, its references, its bounds.
- `reports`: all of it, with the entry for the changelog; `as_text` is for people, `as_json` for
  programs.

Whether the pipeline would refuse something is never decided here: its steps return their problems,
and the report lists them.
"""
