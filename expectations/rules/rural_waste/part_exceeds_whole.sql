-- A part is never larger than its whole; the part is named.
with compared as (
    select
        row_id,
        'villages_covered' as field,
        'village_count' as against_field,
        villages_covered as found,
        village_count as expected
    from submission
    union all
    select
        row_id,
        'waste_treated_t' as field,
        'waste_generated_t' as against_field,
        waste_treated_t as found,
        waste_generated_t as expected
    from submission
)

select
    row_id,
    field,
    against_field,
    found,
    expected
from compared
where found > expected
