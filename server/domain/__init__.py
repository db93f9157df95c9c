"""The rules of the work: places, people, the catalogue, cases, supervision. Pure: no I/O, no clock, no
randomness.

Laws: dates, times and numbers come in as arguments; values are frozen; a rule that fails says so with a
Problem.
"""
