-- A township's land stays what it was in the previous year, unless a boundary has come into force since. Threshold: ha.
select
    min(submission.row_id) as row_id,
    case when any_value(submission.land_area_ha) is null then 'area_ha' else 'land_area_ha' end as field,
    coalesce(any_value(submission.land_area_ha), sum(submission.area_ha)) as found,
    coalesce(any_value(previous.land_area_ha), sum(previous.area_ha)) as expected
from submission
inner join previous on submission.row_id = previous.row_id
where
    not exists (
        select 1 from accepted_admin_boundary as boundary
        where boundary.period > previous.period || '-12-31' and boundary.period <= submission.period || '-12-31'
    )
group by submission.reporting_unit, submission.period
having
    round(abs(
        coalesce(any_value(submission.land_area_ha), sum(submission.area_ha))
        - coalesce(any_value(previous.land_area_ha), sum(previous.area_ha))
    ), 6) > $threshold
