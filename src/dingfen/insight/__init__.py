"""Figures about the rooms: each defined once, counted from the rows themselves, opened to the cases behind it.

Nothing is stored here, so nothing can disagree with the records (`kept` answers again for five minutes):
`figures` says what is counted, `scope` whose and when, `sources` finds the rows, `values` counts them, `cases`
lists them, `charts` and `tables` lay them out over time and people.
"""
