-- Protected wetland of the layer is what all townships declare for the year. Threshold: %. It concerns the whole layer, not one feature.
with measured as (
    select
        period,
        min(row_id) as row_id,
        coalesce(sum(area_m2) filter (is_protected), 0) / 10000 as area
    from submission
    group by period
),

declared as (
    select
        period,
        sum(protected_wetland_area_ha) as area
    from accepted_ecology
    group by period
    having count(distinct township_code) = (select count(*) from ref_township)
)

select
    measured.row_id,
    'declared_area_ha' as field,
    null as feature,
    measured.area as found,
    declared.area as expected
from measured
inner join declared on measured.period = declared.period
where abs(measured.area - declared.area) > declared.area * $threshold / 100
