"""Every limit of reception in one place: how long a file is waited for, how large and how deep it may be, how much of the
disk stays free. Read by `ingestion.inbox`, `ingestion.inbox_claims` and `pipeline.intake.reception`; the sandbox and
who prints sizes take the megabyte from here.
"""

MEGABYTE = 1 << 20  # bytes

# A file that changed less long ago is left for the next look: programs that save in bursts close and open it again
# within a second, network shares report a change up to a second late.
SETTLE_SECONDS = 2.0
# A file that someone still has open for writing is waited for this long after its last change; then it counts as whole,
# as an editor may hold it open for hours. A copy over a network that pauses longer has failed.
STALLED_WRITER_SECONDS = 30.0
# A Shapefile without its main parts is waited for this long, as its files are copied one after the other; then it is
# received as it is.
INCOMPLETE_SHAPEFILE_SECONDS = 30.0
# A command that a person started waits at most this long for files that are still settling: five times SETTLE_SECONDS.
# What is written for longer is taken the next time.
LONGEST_WAIT_SECONDS = 10.0
# A claimed file of which the system cannot say whether somebody still writes it (another user's, or one on a network
# drive) is removed only so long after it was claimed: as long as a stalled writer is waited for.
UNKNOWN_WRITER_SECONDS = STALLED_WRITER_SECONDS

DEEPEST_FOLDER = 8  # below the inbox: more are a loop of mounts, or a disk that somebody copied whole
# The largest submission, all its files together: as much as a child of the sandbox may write of one file (its
# FILE_MEGABYTES), so a larger layer could not be unpacked and read. The largest file of the samples has 1 MB.
LARGEST_BYTES = 4 << 30
# What stays free on the disk of the archive: the home of the samples takes 80 MB with one build; a file that is
# received is copied, staged and built several times over, and a ledger without space for its own log stops everything.
LEAST_FREE_BYTES = 256 << 20
