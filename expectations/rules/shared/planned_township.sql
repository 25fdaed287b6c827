-- The plan's townships of each project, and whether its list is open (等).
select
    ref_plan_project.project_id,
    ref_plan_project.is_open_list = 'true' as is_open_list,
    list(ref_township.township_code) as codes,
    string_agg(ref_township.township_name, '、') as names
from ref_plan_project
inner join ref_plan_project_township on ref_plan_project.project_id = ref_plan_project_township.project_id
inner join ref_township on ref_plan_project_township.township_code = ref_township.township_code
group by ref_plan_project.project_id, ref_plan_project.is_open_list
