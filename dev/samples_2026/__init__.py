"""The samples of 2026: synthetic submissions that go on where samples/clean ends, and their answers.

`python -m dev.samples_2026` writes samples/2026; the same code writes the same files.
"""
