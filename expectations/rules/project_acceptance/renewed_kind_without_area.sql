-- Of which kind renewed land is, is said of land that was renewed.
select
    row_id,
    'renewed_land' as field,
    renewed_land as found,
    renewed_inefficient_ha as expected
from submission
where renewed_land is not null and coalesce(renewed_inefficient_ha, 0) = 0
