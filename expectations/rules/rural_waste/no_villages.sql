-- Rural waste comes from villages.
select
    row_id,
    'village_count' as field,
    village_count as found,
    waste_generated_t as expected
from submission
where village_count = 0 and waste_generated_t > 0
