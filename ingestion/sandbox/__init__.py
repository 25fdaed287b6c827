"""Runs a function on an untrusted file in a process of its own that may take only so much time and memory.

Called by `pipeline.intake` for whatever opens or writes a submitted file. A file from outside can hang a parser, eat
all memory or crash the interpreter: the work is done in a child that is killed when it exceeds a limit, and whose end,
whatever it is, comes back as an `Outcome`.

The children are not forked from the caller: an Airflow task, `dag.test()` or a notebook has threads (an event loop,
pools of DuckDB and Arrow), and a fork of such a process can hang for ever on a lock that another thread held. They are
forked from a host: one process per caller, without threads, started at the first use, which has the heavy modules
imported. A warm run costs about 10 ms. Being no `multiprocessing` process, the host works inside daemonic workers too.

`client`: the caller's end. `host`: the host process. `limits`: what a child may do. `protocol`: how the two talk.
Which errors are ours and not the file's stands in `ingestion.system_faults`.
"""

from ingestion.sandbox.client import PRELOADED, Failure, Outcome, preload, run, stop

__all__ = ["PRELOADED", "Failure", "Outcome", "preload", "run", "stop"]
