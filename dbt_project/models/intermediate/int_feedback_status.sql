-- Whether what the public and experts say is answered, and whether they are satisfied. A notice, a review or a training calls for no
-- answer.
select
    feedback.feedback_no,
    feedback.project_id,
    feedback.replied_on is not null as is_answered,
    case
        when feedback.replied_on is null and not event.is_answerable then 'no_answer_due'
        when feedback.replied_on is null then 'open'
        when feedback.satisfied is null then 'answered'
        when feedback.satisfied then 'satisfied'
        else 'not_satisfied'
    end as status
from {{ ref('stg_public_feedback') }} as feedback
left join {{ ref('participation_event') }} as event on feedback.event_kind = event.event_kind
