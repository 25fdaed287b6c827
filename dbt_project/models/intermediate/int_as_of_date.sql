-- The day as of which the build judges what is over, due or old: that by which its reports were expected. A build in which no report is
-- expected has no day of its own and takes the first one after its data, so that the same data give the same verdicts whenever it is made.
with expected as (
    select max(as_of_date) as as_of_date
    from {{ ref('stg_expected_report') }}
),

measured as (
    select max(ends_on) as last_on
    from {{ ref('int_measure') }}
)

select cast(coalesce(expected.as_of_date, measured.last_on + interval 1 day) as date) as as_of_date
from expected
cross join measured
