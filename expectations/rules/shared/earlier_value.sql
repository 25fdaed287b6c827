-- Of each figure of each row: what the latest earlier period that has it says.
select
    submission.row_id,
    accepted_value.field,
    arg_max(accepted_value.value, accepted_value.period) as value
from submission
inner join accepted_value on submission.reporting_unit = accepted_value.reporting_unit and submission.period > accepted_value.period
where accepted_value.value is not null
group by submission.row_id, accepted_value.field
