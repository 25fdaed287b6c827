-- A land class is as large as the same year's parcels of it in the township. Threshold: ha.
with parcel as (
    select
        period,
        reporting_unit,
        land_class_code,
        sum(area_m2) / 10000 as area_ha
    from accepted_land_parcel
    group by period, reporting_unit, land_class_code
),

township as (
    select distinct
        period,
        reporting_unit
    from parcel
)

select
    submission.row_id,
    'area_ha' as field,
    submission.area_ha as found,
    coalesce(parcel.area_ha, 0) as expected,
    ref_land_class.land_class_name as class_name
from submission
inner join township on submission.period = township.period and submission.reporting_unit = township.reporting_unit
inner join ref_land_class on submission.land_class_code = ref_land_class.land_class_code
left join parcel
    on
        submission.period = parcel.period
        and submission.reporting_unit = parcel.reporting_unit
        and submission.land_class_code = parcel.land_class_code
where round(abs(submission.area_ha - coalesce(parcel.area_ha, 0)), 6) > $threshold
