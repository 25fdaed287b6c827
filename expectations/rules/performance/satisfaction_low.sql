-- A satisfaction so low is looked into. Threshold: %.
select
    row_id,
    'satisfaction_pct' as field,
    satisfaction_pct as found,
    $threshold as expected
from submission
where satisfaction_pct > 1 and satisfaction_pct < $threshold
