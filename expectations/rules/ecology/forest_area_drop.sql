-- A township's forest does not shrink so much in a year. Threshold: %.
select
    submission.row_id,
    'forest_area_ha' as field,
    submission.forest_area_ha as found,
    earlier.forest_area_ha as expected,
    round((earlier.forest_area_ha - submission.forest_area_ha) / earlier.forest_area_ha * 100, 1) as change
from submission
inner join accepted_ecology as earlier
    on
        submission.reporting_unit = earlier.reporting_unit
        and try_cast(submission.period as integer) - 1 = try_cast(earlier.period as integer)
where earlier.forest_area_ha - submission.forest_area_ha > earlier.forest_area_ha * $threshold / 100
