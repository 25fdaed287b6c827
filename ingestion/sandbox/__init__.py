"""Runs a function on an untrusted file in a process of its own that may take only so much time and memory.

Called by `pipeline.intake` for whatever opens or writes a submitted file. A file from outside can hang a parser, eat
all memory or crash the interpreter: the work is done in a child that is killed when it exceeds a limit, and whose end,
whatever it is, comes back as an `Outcome`.

The children are not forked from the caller: an Airflow task, `dag.test()` or a notebook has threads (an event loop,
pools of DuckDB and Arrow), and a fork of such a process can hang for ever on a lock that another thread held. They are
forked from a host: one process per caller, without threads, started at the first use, which has the heavy modules
imported. A warm run costs about 10 ms. Being no `multiprocessing` process, the host works inside daemonic workers too.

What parses a stranger's file may be taken over by it. So a child has no rights: it reads the program's files and what it
is given, writes to folders of its own, starts nothing and reaches nobody, and its answer is taken as data of a declared
type (docs/decisions/0029).

`client`: the caller's end. `host`: the host process. `limits`: how much a child may take. `rights`: what it may reach, by
`landlock`, `mounts` and `calls`, as far as the system has them. `protocol`: how they talk. `outcome`: how a run ended.
Which errors are ours and not the file's stands in `ingestion.system_faults`.
"""

from ingestion.sandbox.client import PRELOADED, held, preload, run, stop
from ingestion.sandbox.outcome import Outcome
from ingestion.sandbox.protocol import Failure, Held

__all__ = ["PRELOADED", "Failure", "Held", "Outcome", "held", "preload", "run", "stop"]
