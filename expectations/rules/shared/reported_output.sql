-- What each row says of its project's physical output: kind, unit and amount (in the field that the dataset has for it), beside what the
-- register of kinds says.
select
    submission.row_id,
    submission.project_id,
    amount.field,
    amount.value,
    submission.output_kind,
    submission.output_unit,
    kind.name_zh,
    kind.measure_unit,
    kind.categories,
    case
        when submission.output_unit in ('km', 'm') then 'length' when submission.output_unit = 'count' then 'count'
        when submission.output_unit is not null then 'area'
    end as unit_kind,
    case when kind.measure_unit in ('km', 'm') then 'length' when kind.measure_unit = 'count' then 'count' else 'area' end as kind_of_unit
from submission
inner join submission_value as amount
    on submission.row_id = amount.row_id and amount.field in ('planned_output', 'cum_output', 'accepted_output')
left join ref_output_kind as kind on submission.output_kind = kind.output_kind
