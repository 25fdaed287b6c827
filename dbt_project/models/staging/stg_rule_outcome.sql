-- What became of the rules of every submission, a row for all its reporting units with equal outcomes.
select
    submission_id,
    group_no,
    rules,
    fields,
    outcomes,
    reporting_units,
    periods
from {{ source('raw', 'rule_outcome') }}
