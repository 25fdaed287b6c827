-- A land class is as large as the same year's parcels of it in the township. Threshold: ha.
with parcel as (
    select
        period,
        reporting_unit,
        land_class_code,
        sum(area_m2) / 10000 as area_ha
    from accepted_land_parcel
    group by period, reporting_unit, land_class_code
)

select
    submission.row_id,
    'area_ha' as field,
    submission.area_ha as found,
    coalesce(parcel.area_ha, 0) as expected,
    ref_land_class.land_class_name as class_name
from submission
inner join ref_land_class on submission.land_class_code = ref_land_class.land_class_code
left join parcel
    on
        submission.period = parcel.period
        and submission.reporting_unit = parcel.reporting_unit
        and submission.land_class_code = parcel.land_class_code
where
    (submission.period, submission.reporting_unit) in (select (township.period, township.reporting_unit) from parcel as township)
    and round(abs(submission.area_ha - coalesce(parcel.area_ha, 0)), 6) > $threshold
