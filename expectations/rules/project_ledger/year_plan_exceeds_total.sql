-- The investment planned for one year is no more than the whole.
select
    row_id,
    'year_plan_investment_wan' as field,
    'planned_investment_wan' as against_field,
    year_plan_investment_wan as found,
    planned_investment_wan as expected
from submission
where round(year_plan_investment_wan - planned_investment_wan, 6) > 0
