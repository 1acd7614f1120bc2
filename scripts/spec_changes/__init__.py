"""What a new document means for the people who use this package.

A map, in the order in which to read. Each module decides one thing:

- `updating`: the update as a whole, which `scripts/update_spec.py` runs.
- `verdicts`: how bad a change is, for whom, and which version number that calls for.
- `compare`: the whole comparison. It cuts both documents, lays the overlay over both, and asks:
    - `renames`, with `references`: which schemas and paths Stripe only calls differently now;
    - `api` and `reading`, with `titles`: what users see of each, by the view of the templates;
    - `classify`, with `fields` and `parameters`: what each difference between the two means;
    - `bounds`: the same for limits, defaults and deprecations, which the slice leaves out;
    - `overlay_health`: does the overlay still say what it was written to say;
    - `outside`: what is new just outside the cut.
- `python_api`: the second verdict, by griffe, on the rendered packages. It takes nothing from the
  first; `annotations` is the judgement of types that griffe does not make.
- `hand_written`: what nobody generates and does not fit any more.
- `baseline`: what the new document is compared with.
- `reports`: all of it, for people, terminals and programs, and the entry for the changelog.

Whether the pipeline would refuse something is never decided here: its steps return their problems,
and the report lists them.
"""
