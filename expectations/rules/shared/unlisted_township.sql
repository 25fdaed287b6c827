-- Townships of a submission's projects, a row for those that the plan names and one for those that it does not, and whether the plan's
-- list is open (等).
select
    place.row_id,
    place.project_id as project,
    planned.is_open_list,
    coalesce(list_contains(planned.codes, place.township_code), true) as is_listed,
    planned.names,
    string_agg(ref_township.township_name, '、') as township
from submission_place as place
inner join ref_township on place.township_code = ref_township.township_code
inner join planned_township as planned on place.project_id = planned.project_id
group by all
