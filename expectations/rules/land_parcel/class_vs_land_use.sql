-- A township's parcels of a class add up to the same year's land-use table. Threshold: ha. The largest parcel is named.
select
    arg_max(submission.row_id, submission.area_m2) as row_id,
    'declared_area_m2' as field,
    ref_land_class.land_class_name as class_name,
    sum(submission.area_m2) / 10000 as found,
    any_value(land_use.area_ha) as expected
from submission
inner join accepted_land_use as land_use
    on
        submission.reporting_unit = land_use.reporting_unit
        and submission.period = land_use.period
        and submission.land_class_code = land_use.land_class_code
inner join ref_land_class on submission.land_class_code = ref_land_class.land_class_code
group by submission.reporting_unit, submission.period, ref_land_class.land_class_name
having round(abs(sum(submission.area_m2) / 10000 - any_value(land_use.area_ha)), 6) > $threshold
