-- A township's wetland changes slowly. Threshold: %.
select
    submission.row_id,
    'wetland_area_ha' as field,
    submission.wetland_area_ha as found,
    previous.wetland_area_ha as expected,
    round(abs(submission.wetland_area_ha - previous.wetland_area_ha) / previous.wetland_area_ha * 100, 1) as change
from submission
inner join previous on submission.row_id = previous.row_id
where
    previous.wetland_area_ha > 0
    and abs(submission.wetland_area_ha - previous.wetland_area_ha) > previous.wetland_area_ha * $threshold / 100
