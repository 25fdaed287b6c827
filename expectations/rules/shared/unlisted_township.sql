-- Townships of a submission's projects that the plan does not name for them, and whether the plan's list is open (等).
select
    place.row_id,
    place.project_id as project,
    planned.is_open_list,
    planned.names,
    string_agg(ref_township.township_name, '、') as township
from submission_place as place
inner join ref_township on place.township_code = ref_township.township_code
inner join planned_township as planned on place.project_id = planned.project_id
where not list_contains(planned.codes, place.township_code)
group by place.row_id, place.project_id, planned.is_open_list, planned.names
