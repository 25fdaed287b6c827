-- Where villages are not covered yet, not all waste is treated. Threshold: %.
select
    row_id,
    'treatment_pct' as field,
    treatment_pct as found,
    $threshold as expected,
    village_count - villages_covered as uncovered
from submission
where villages_covered < village_count and treatment_pct >= $threshold
