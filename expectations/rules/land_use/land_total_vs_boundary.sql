-- A township's land is as large as its boundary in force at the year's end. Threshold: %.
-- A long sheet has no total of its own: its classes are summed, and the first of them is named.
with township as (
    select
        reporting_unit,
        period,
        min(row_id) as row_id,
        any_value(township_code) as township_code,
        any_value(land_area_ha) as total_ha,
        coalesce(any_value(land_area_ha), sum(area_ha)) as found
    from submission
    group by reporting_unit, period
    having
        count(*) = count(distinct land_class_code) -- not one that stands twice
        and (any_value(land_area_ha) is not null or count(*) = count(area_ha))
),

compared as (
    select
        township.reporting_unit,
        any_value(township.row_id) as row_id,
        any_value(township.total_ha) as total_ha,
        any_value(township.found) as found,
        coalesce(
            arg_max(boundary.area_m2, boundary.period) filter (where boundary.period <= township.period || '-12-31'),
            arg_min(boundary.area_m2, boundary.period)
        ) / 10000 as expected
    from township
    inner join accepted_admin_boundary as boundary on township.township_code = boundary.township_code
    group by township.reporting_unit, township.period
)

select
    row_id,
    case when total_ha is null then 'area_ha' else 'land_area_ha' end as field,
    found,
    expected
from compared
where
    (
        total_ha is not null
        or not exists (
            select 1 from reported
            where
                reported.field in ('land_class_code', 'area_ha')
                and coalesce(reported.reporting_unit, compared.reporting_unit) = compared.reporting_unit
        )
    )
    and abs(found - expected) > expected * $threshold / 100
