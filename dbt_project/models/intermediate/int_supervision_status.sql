-- Whether what an inspection found is rectified, as of the day up to which the projects' data reach.
-- Closed: re-inspected, or rectified where no re-inspection is kept.
with inspection as (
    select
        supervision.inspection_no,
        supervision.project_id,
        supervision.rectify_due,
        supervision.finding is not null and supervision.finding <> '无' as has_finding,
        coalesce(supervision.reinspected_on, supervision.rectified_on) as closed_on,
        reached.as_of_on
    from {{ ref('stg_supervision') }} as supervision
    cross join {{ ref('int_project_date') }} as reached
)

select
    inspection_no,
    project_id,
    case
        when not has_finding then 'nothing_found'
        when closed_on is not null then 'closed'
        when rectify_due < as_of_on then 'overdue'
        else 'open'
    end as status,
    has_finding,
    as_of_on
from inspection
