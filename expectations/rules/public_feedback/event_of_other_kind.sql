-- What experts take part in is of experts, what the public takes part in is of the public.
select
    submission.row_id,
    'kind' as field,
    'event_kind' as against_field,
    submission.kind as found,
    ref_participation_event.audience as expected,
    submission.event_kind as event
from submission
inner join ref_participation_event on submission.event_kind = ref_participation_event.event_kind
where submission.kind != ref_participation_event.audience
