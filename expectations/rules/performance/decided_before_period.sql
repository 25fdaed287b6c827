-- What follows from an evaluation is decided after its year began.
select
    row_id,
    'decided_on' as field,
    decided_on as found,
    period as expected
from submission
where year(decided_on) < try_cast(period as integer)
