-- What is planned to be spent on a hectare is plausible. Threshold: 万元.
select
    row_id,
    'planned_investment_wan' as field,
    planned_investment_wan as found,
    planned_area_ha * $threshold as expected,
    round(planned_investment_wan / planned_area_ha, 3) as per_ha
from submission
where planned_area_ha > 0 and planned_investment_wan > 0 and planned_investment_wan < planned_area_ha * $threshold
