-- A township's cropland does not shrink so much from one year to the next. Threshold: %. Its largest class is named.
select
    arg_max(submission.row_id, submission.area_ha) as row_id,
    'area_ha' as field,
    sum(submission.area_ha) as found,
    sum(previous.area_ha) as expected,
    round((sum(previous.area_ha) - sum(submission.area_ha)) / sum(previous.area_ha) * 100, 1) as change
from submission
inner join previous on submission.row_id = previous.row_id
inner join ref_land_class on submission.land_class_code = ref_land_class.land_class_code
where ref_land_class.first_class_name = '耕地'
group by submission.reporting_unit, submission.period
having sum(previous.area_ha) - sum(submission.area_ha) > sum(previous.area_ha) * $threshold / 100
