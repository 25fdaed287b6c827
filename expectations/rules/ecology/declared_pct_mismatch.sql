-- A declared percentage is its numerator over its denominator. Threshold: points, of the percentage as written (two decimals).
-- Where the part exceeds its whole, that is the fault, and not the percentage.
with declared as (
    select
        row_id,
        'forest_coverage_pct' as field,
        'forest_area_ha' as numerator_field,
        'land_area_ha' as denominator_field,
        forest_coverage_pct as found,
        forest_area_ha / nullif(land_area_ha, 0) * 100 as expected
    from submission
    union all
    select
        row_id,
        'wetland_protection_pct' as field,
        'protected_wetland_area_ha' as numerator_field,
        'wetland_area_ha' as denominator_field,
        wetland_protection_pct as found,
        protected_wetland_area_ha / nullif(wetland_area_ha, 0) * 100 as expected
    from submission
)

select
    row_id,
    field,
    numerator_field,
    denominator_field,
    found,
    round(expected, 2) as expected,
    round(abs(found - expected), 2) as difference
from declared
where expected <= 100 and round(abs(found - expected), 6) > $threshold
