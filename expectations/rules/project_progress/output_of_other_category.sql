-- A project's output is one of those of its category.
select
    output.row_id,
    'output_kind' as field,
    planned.project_id as project,
    output.name_zh as found,
    null as expected
from reported_output as output
inner join planned_project as planned on output.row_id = planned.row_id
where output.output_kind is not null and not list_contains(string_split(output.categories, ';'), planned.category_code)
