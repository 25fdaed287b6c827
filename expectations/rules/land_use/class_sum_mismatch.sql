-- A township's classes add up to its total land area. Threshold: ha.
-- Where a class could not be read, that is the fault, and not the sum.
with township as (
    select
        reporting_unit,
        min(row_id) as row_id,
        any_value(land_area_ha) as found,
        sum(area_ha) as expected
    from submission
    group by reporting_unit, period, sheet, row_no
    having count(*) = count(area_ha)
)

select
    row_id,
    'land_area_ha' as field,
    found,
    expected,
    abs(found - expected) as difference
from township
where
    not exists (
        select 1 from reported
        where
            reported.field in ('land_class_code', 'area_ha')
            and coalesce(reported.reporting_unit, township.reporting_unit) = township.reporting_unit
    )
    and round(abs(found - expected), 6) > $threshold
