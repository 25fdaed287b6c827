-- Whether what the public and experts say is answered, and whether they are satisfied.
select
    feedback_no,
    project_id,
    replied_on is not null as is_answered,
    case
        when replied_on is null then 'open'
        when satisfied is null then 'answered'
        when satisfied then 'satisfied'
        else 'not_satisfied'
    end as status
from {{ ref('stg_public_feedback') }}
