-- What has been allocated in all stays in the ledger. The project's first row is named.
with earlier as (
    select
        submission.reporting_unit,
        max(history.period) as period
    from submission
    inner join history on submission.reporting_unit = history.reporting_unit and submission.period > history.period
    group by submission.reporting_unit
)

select
    min(submission.row_id) as row_id,
    'level' as field,
    null as found,
    history.level || ' ' || history.instrument as expected
from submission
inner join earlier on submission.reporting_unit = earlier.reporting_unit
inner join history on earlier.reporting_unit = history.reporting_unit and earlier.period = history.period
group by submission.reporting_unit, history.level, history.instrument
having not list_contains(list(submission.level || ' ' || submission.instrument), history.level || ' ' || history.instrument)
