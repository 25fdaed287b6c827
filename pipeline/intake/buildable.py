"""Whether layers can be cut by a boundary and a zoning: the very partition that a build makes of them. `check` asks before
either is accepted.
"""

import pyarrow as pa

from contracts.reference import membership
from pipeline.intake.sandbox_policy import raise_system_failure

PARTITION_SECONDS, PARTITION_MEGABYTES = 60.0, 2048  # as of the checks of one layer; a partition of ten takes 0.1 s


def partition_fault(townships: pa.Table, zones: pa.Table) -> str | None:
    """Why no base partition can be made of two layers (as `base_partition` takes them); None where it can.

    Made in the sandbox, as the shapes come from outside and go through C libraries. Raises SystemFailure where that failed
    by no fault of the layers.
    """
    from ingestion import sandbox

    ran = sandbox.run(try_partition, townships, zones, seconds=PARTITION_SECONDS, megabytes=PARTITION_MEGABYTES)
    raise_system_failure(ran)
    return ran.value if ran.ok else f"{ran.failure}: {ran.detail}"


def try_partition(townships: pa.Table, zones: pa.Table) -> str | None:
    """Makes the base partition; gives what stands against it, None where nothing does."""
    from shapely.errors import ShapelyError

    from spatial.base_partition import ZoningMismatch, base_partition
    from spatial.cutting import OverlappingPartition

    try:
        base_partition(townships, zones, pa.Table.from_pylist(list(membership())))
    except (ZoningMismatch, OverlappingPartition, ShapelyError) as error:
        return str(error)
    return None
