-- The red line is no smaller than the plan's next target. It concerns the whole layer, not one feature.
select
    min(submission.row_id) as row_id,
    'declared_area_km2' as field,
    null as feature,
    target.target_year as year,
    sum(submission.area_m2) / 1000000 as found,
    target.target_value::double as expected
from submission
inner join ref_plan_target as target on submission.period <= target.target_year
where target.indicator_code = 'eco_redline_area'
group by target.target_year, target.target_value
having round(sum(submission.area_m2) / 1000000 - target.target_value::double, 4) < 0
qualify target.target_year = min(target.target_year) over ()
