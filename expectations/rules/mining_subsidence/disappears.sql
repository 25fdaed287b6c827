-- Ground that has subsided stays on the map, treated or not. It concerns the whole layer, not one feature.
with latest as (
    select max(history.period) as period
    from history
    where history.period < (select min(submission.period) from submission)
)

select
    (select min(submission.row_id) from submission) as row_id,
    'subsidence_id' as field,
    null as feature,
    null as found,
    history.subsidence_id as expected
from history
inner join latest on history.period = latest.period
where history.subsidence_id not in (select submission.subsidence_id from submission)
