-- Inspections: what was found, by when it is to be rectified, and whether it is, as of the day up to which the projects' data reach.
select
    supervision.inspection_no,
    supervision.project_id,
    left(supervision.project_id, 2) as plan_project_id,
    project.project_name,
    project.lead_unit,
    supervision.township_code,
    township.township_name,
    supervision.inspected_on,
    supervision.item,
    supervision.finding,
    supervision.severity,
    supervision.responsible_unit,
    supervision.rectify_due,
    supervision.rectified_on,
    supervision.reinspected_on,
    supervision.reinspection_result,
    judgement.status,
    {{ code_name('supervision_status', 'judgement.status') }} as status_zh,
    judgement.has_finding,
    judgement.has_finding and supervision.rectified_on > supervision.rectify_due as is_rectified_late,
    case
        when judgement.has_finding then cast({{ days_between('supervision.inspected_on', 'supervision.rectified_on') }} as integer)
    end as days_to_rectify,
    case
        when judgement.status = 'overdue' then cast({{ days_between('supervision.rectify_due', 'judgement.as_of_on') }} as integer)
    end as days_overdue,
    judgement.as_of_on,
    supervision.submission_id
from {{ ref('stg_supervision') }} as supervision
inner join {{ ref('int_supervision_status') }} as judgement on supervision.inspection_no = judgement.inspection_no
inner join {{ ref('township') }} as township on supervision.township_code = township.township_code
left join {{ ref('dim_project') }} as project on supervision.project_id = project.project_id
