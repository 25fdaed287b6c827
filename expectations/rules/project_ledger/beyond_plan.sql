-- The plan's projects are finished within the plan.
select
    row_id,
    'plan_finish' as field,
    plan_finish as found,
    (select max(ref_plan_target.target_year) from ref_plan_target) as expected
from submission
where left(plan_finish, 4) > (select max(ref_plan_target.target_year) from ref_plan_target)
