-- What the public and experts say: answered or open, how soon, and whether they are satisfied, as of the day that the projects' data reach.
select
    feedback.feedback_no,
    feedback.received_on,
    feedback.channel,
    feedback.kind as feedback_kind,
    feedback.event_kind,
    feedback.participants,
    feedback.township_code,
    township.township_name,
    feedback.project_id,
    project.project_name,
    project.category,
    project.lead_unit,
    feedback.summary,
    feedback.replied_on,
    judgement.is_answered,
    case
        when feedback.replied_on is not null then cast({{ days_between('feedback.received_on', 'feedback.replied_on') }} as integer)
    end as days_to_answer,
    case
        when judgement.status = 'open' then cast({{ days_between('feedback.received_on', 'reached.as_of_on') }} as integer)
    end as days_open,
    feedback.satisfied as is_satisfied,
    judgement.status,
    {{ code_name('feedback_status', 'judgement.status') }} as status_zh,
    reached.as_of_on,
    feedback.submission_id
from {{ ref('stg_public_feedback') }} as feedback
inner join {{ ref('int_feedback_status') }} as judgement on feedback.feedback_no = judgement.feedback_no
cross join {{ ref('int_project_date') }} as reached
left join {{ ref('township') }} as township on feedback.township_code = township.township_code
left join {{ ref('dim_project') }} as project on feedback.project_id = project.project_id
