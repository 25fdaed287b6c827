-- A township's cropland does not shrink so much from one year to the next. Threshold: %. It concerns the township, not one parcel.
with now as (
    select
        submission.reporting_unit,
        submission.period,
        min(submission.row_id) as row_id,
        sum(submission.area_m2) as area_m2
    from submission
    inner join ref_land_class on submission.land_class_code = ref_land_class.land_class_code
    where ref_land_class.first_class_name = '耕地'
    group by submission.reporting_unit, submission.period
),

before as (
    select
        parcel.reporting_unit,
        parcel.period,
        sum(parcel.area_m2) as area_m2
    from accepted_land_parcel as parcel
    inner join ref_land_class on parcel.land_class_code = ref_land_class.land_class_code
    where ref_land_class.first_class_name = '耕地'
    group by parcel.reporting_unit, parcel.period
)

select
    now.row_id,
    'land_class_code' as field,
    null as feature,
    now.area_m2 / 10000 as found,
    before.area_m2 / 10000 as expected
from now
inner join before on now.reporting_unit = before.reporting_unit and try_cast(now.period as integer) - 1 = try_cast(before.period as integer)
where before.area_m2 - now.area_m2 > before.area_m2 * $threshold / 100
