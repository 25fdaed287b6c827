-- A satisfaction was given by someone.
select
    row_id,
    'respondents' as field,
    respondents as found,
    satisfaction_pct as expected
from submission
where satisfaction_pct is not null and coalesce(respondents, 0) = 0
