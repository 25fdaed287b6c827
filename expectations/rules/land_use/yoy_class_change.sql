-- A land class of a township does not change so much from one year to the next. Threshold: %.
select
    submission.row_id,
    'area_ha' as field,
    submission.area_ha as found,
    earlier.area_ha as expected,
    ref_land_class.land_class_name as class_name,
    round(abs(submission.area_ha - earlier.area_ha) / earlier.area_ha * 100, 1) as change
from submission
inner join accepted_land_use as earlier
    on
        submission.reporting_unit = earlier.reporting_unit
        and submission.land_class_code = earlier.land_class_code
        and try_cast(submission.period as integer) - 1 = try_cast(earlier.period as integer)
inner join ref_land_class on submission.land_class_code = ref_land_class.land_class_code
where earlier.area_ha > 0 and abs(submission.area_ha - earlier.area_ha) > earlier.area_ha * $threshold / 100
