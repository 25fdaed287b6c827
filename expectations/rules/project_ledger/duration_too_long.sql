-- A project is not planned to take so long. Threshold: months.
select
    row_id,
    'plan_finish' as field,
    plan_start as found,
    plan_finish as expected,
    date_diff('month', try_cast(plan_start || '-01' as date), try_cast(plan_finish || '-01' as date)) as months
from submission
where date_diff('month', try_cast(plan_start || '-01' as date), try_cast(plan_finish || '-01' as date)) > $threshold
