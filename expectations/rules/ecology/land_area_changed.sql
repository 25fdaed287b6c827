-- A township's land stays what it was in the previous year, unless a boundary has come into force since. Threshold: ha.
select
    submission.row_id,
    'land_area_ha' as field,
    submission.land_area_ha as found,
    previous.land_area_ha as expected
from submission
inner join previous on submission.row_id = previous.row_id
where
    not exists (
        select 1 from accepted_admin_boundary as boundary
        where boundary.period > previous.period || '-12-31' and boundary.period <= submission.period || '-12-31'
    )
    and round(abs(submission.land_area_ha - previous.land_area_ha), 6) > $threshold
