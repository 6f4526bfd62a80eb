"""The slow reference model: the town of the ODD as plain Mesa agents, written from that text alone.

`python -m experiments.dev.documents` writes the text, from `model/docs/frame.md` and the `NAME.md` of mechanisms.

A new mechanism has a file of its own here, its step in `town.py`, its tables in `state.py`, and numbers at which it
acts in `small_towns.py`. Events and causes stand in `events.py` and `people.py`. A guard against crimes comes into
`consider` of `crime.py`, in the order of `MECHANISMS`.

A new kind of crime comes into every file that lists kinds: `community`, `crime`, `crowds`, `deliberation`, `fear`,
`information`, `investigation`, `narcos`, `offenders`, `population`, `problems`, `reporting`, `season` and `state`. With
a rate of 0 no test would miss it, so give it one in `small_towns.py`.
"""
