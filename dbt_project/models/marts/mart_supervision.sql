-- Inspections: what was found, by when it is to be rectified, and whether it is, as of the day up to which the projects' data reach.
-- Closed: re-inspected, or rectified where no re-inspection is kept.
with inspection as (
    select
        supervision.*,
        supervision.finding is not null and supervision.finding <> '无' as has_finding,
        coalesce(supervision.reinspected_on, supervision.rectified_on) as closed_on,
        reached.as_of_on
    from {{ ref('stg_supervision') }} as supervision
    cross join {{ ref('int_project_date') }} as reached
),

judged as (
    select
        *,
        case
            when not has_finding then 'nothing_found'
            when closed_on is not null then 'closed'
            when rectify_due < as_of_on then 'overdue'
            else 'open'
        end as status
    from inspection
)

select
    judged.inspection_no,
    judged.project_id,
    left(judged.project_id, 2) as plan_project_id,
    project.project_name,
    project.lead_unit,
    judged.township_code,
    township.township_name,
    judged.inspected_on,
    judged.item,
    judged.finding,
    judged.severity,
    judged.responsible_unit,
    judged.rectify_due,
    judged.rectified_on,
    judged.reinspected_on,
    judged.reinspection_result,
    judged.status,
    case judged.status when 'nothing_found' then '未发现问题' when 'closed' then '已销号' when 'overdue' then '逾期未改' else '整改中' end as status_zh,
    judged.has_finding,
    judged.has_finding and judged.rectified_on > judged.rectify_due as is_rectified_late,
    case
        when judged.has_finding then cast({{ days_between('judged.inspected_on', 'judged.rectified_on') }} as integer)
    end as days_to_rectify,
    case
        when judged.status = 'overdue' then cast({{ days_between('judged.rectify_due', 'judged.as_of_on') }} as integer)
    end as days_overdue,
    judged.as_of_on,
    judged.submission_id
from judged
inner join {{ ref('township') }} as township on judged.township_code = township.township_code
left join {{ ref('dim_project') }} as project on judged.project_id = project.project_id
