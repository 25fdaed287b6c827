-- What the ledger in force plans is not changed so much without a reason. Threshold: %.
select
    submission_value.row_id,
    submission_value.field,
    submission_value.value as found,
    accepted_value.value as expected,
    round(abs(submission_value.value - accepted_value.value) / accepted_value.value * 100, 1) as change
from submission_value
inner join
    accepted_value
    on submission_value.reporting_unit = accepted_value.reporting_unit and submission_value.field = accepted_value.field
where
    submission_value.field != 'year_plan_investment_wan'
    and accepted_value.value > 0
    and abs(submission_value.value - accepted_value.value) > accepted_value.value * $threshold / 100
