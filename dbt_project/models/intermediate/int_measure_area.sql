-- The rows of the measure fact once for each area they belong to. What could not be placed below its township stands there once more, with
-- the area level 'unallocated'.
with measure as (
    select
        measure_code,
        source,
        starts_on,
        ends_on,
        next_ends_on,
        period,
        township_code,
        part_code,
        consolidation_zone,
        restoration_zone,
        is_allocated,
        submission_id,
        row_id,
        value
    from {{ ref('int_measure') }}
),

placed as (
    select
        measure.*,
        'district' as area_level,
        district.district_code as area_code
    from measure
    cross join {{ ref('district') }} as district
    union all
    select
        *,
        'zone',
        consolidation_zone
    from measure
    where consolidation_zone is not null
    union all
    select
        *,
        'zone',
        restoration_zone
    from measure
    where restoration_zone is not null
    union all
    select
        *,
        'township',
        township_code
    from measure
    union all
    select
        *,
        'part',
        part_code
    from measure
    where part_code <> township_code
    union all
    select
        *,
        'unallocated',
        township_code
    from measure
    where consolidation_zone is null or restoration_zone is null
)

select
    measure_code,
    source,
    area_level,
    area_code,
    township_code,
    part_code,
    consolidation_zone,
    restoration_zone,
    period,
    starts_on,
    ends_on,
    next_ends_on,
    is_allocated and area_level in ('zone', 'part') as is_allocated,
    submission_id,
    row_id,
    value
from placed
