-- The declared treatment rate is treated over generated. Threshold: points, of the percentage as written (two decimals).
-- Where more is treated than was generated, that is the fault, and not the percentage.
with declared as (
    select
        row_id,
        treatment_pct as found,
        waste_treated_t / nullif(waste_generated_t, 0) * 100 as expected
    from submission
    where waste_generated_t > 0
)

select
    row_id,
    'treatment_pct' as field,
    'waste_treated_t' as numerator_field,
    'waste_generated_t' as denominator_field,
    found,
    round(expected, 2) as expected,
    round(abs(found - expected), 2) as difference
from declared
where expected <= 100 and round(abs(found - expected), 6) > $threshold
