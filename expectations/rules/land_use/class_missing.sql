-- A land class that a township had is reported in the next year as well, be it 0. Threshold: ha. The township's first row is named.
select
    min(submission.row_id) as row_id,
    'land_class_code' as field,
    null as found,
    earlier.area_ha as expected,
    ref_land_class.land_class_name as class_name
from submission
inner join accepted_land_use as earlier
    on
        submission.reporting_unit = earlier.reporting_unit
        and try_cast(submission.period as integer) - 1 = try_cast(earlier.period as integer)
inner join ref_land_class on earlier.land_class_code = ref_land_class.land_class_code
where earlier.area_ha > $threshold
group by submission.reporting_unit, submission.period, earlier.area_ha, ref_land_class.land_class_code, ref_land_class.land_class_name
having not list_contains(list(submission.land_class_code), ref_land_class.land_class_code)
