-- What passed has an amount.
select
    row_id,
    'accepted_area_ha' as field,
    conclusion as found,
    accepted_area_ha as expected
from submission
where
    conclusion = '合格'
    and accepted_area_ha
    + coalesce(cropland_reserve_ha, 0)
    + coalesce(cropland_linked_ha, 0)
    + coalesce(hsf_mu, 0)
    + coalesce(renewed_inefficient_ha, 0)
    + coalesce(accepted_output, 0)
    = 0
