-- What the plan asks to be done for each project that runs: an evaluation every year, and regular inspections (one a year at least). For
-- each project and year whether it was due and whether it was done; what is lacking by the day that the projects' data reach is shown.
with year as (
    select distinct cast(extract(year from day_on) as integer) as year_no
    from (
        select ends_on as day_on from {{ ref('stg_project_progress') }}
        union all
        select inspected_on from {{ ref('stg_supervision') }}
        union all
        select ends_on from {{ ref('stg_performance') }}
    ) as known
),

project as (
    select
        project_id,
        project_name,
        category,
        lead_unit,
        {{ period_starts_on('plan_start') }} as plan_starts_on,
        {{ period_ends_on('plan_finish') }} as plan_ends_on
    from {{ ref('int_project') }}
    where is_in_plan
),

-- the months of a year in which work was reported as under way
worked as (
    select
        left(project_id, 2) as project_id,
        cast(extract(year from ends_on) as integer) as year_no,
        bool_or(stage = '在建') as is_under_way
    from {{ ref('stg_project_progress') }}
    group by left(project_id, 2), extract(year from ends_on)
),

inspection as (
    select
        left(project_id, 2) as project_id,
        cast(extract(year from inspected_on) as integer) as year_no,
        count(*) as times,
        max(inspected_on) as last_on
    from {{ ref('stg_supervision') }}
    group by left(project_id, 2), extract(year from inspected_on)
),

evaluation as (
    select
        left(project_id, 2) as project_id,
        cast(extract(year from ends_on) as integer) as year_no,
        count(distinct project_id) as times
    from {{ ref('stg_performance') }}
    group by left(project_id, 2), extract(year from ends_on)
),

judged as (
    select
        project.*,
        year.year_no,
        coalesce(worked.is_under_way, false)
        or (extract(year from project.plan_starts_on) <= year.year_no and extract(year from project.plan_ends_on) >= year.year_no)
            as is_running
    from project
    cross join year
    left join worked on project.project_id = worked.project_id and year.year_no = worked.year_no
),

-- by when a year's evaluation is due; the year's end where no report of evaluations is expected for it
due as (
    select
        year.year_no,
        {{ period_ends_on('cast(year.year_no as string)') }} as year_ends_on,
        coalesce(expected.due_on, {{ period_ends_on('cast(year.year_no as string)') }}) as evaluation_due_on
    from year
    left join {{ ref('stg_expected_report') }} as expected
        on expected.dataset = 'performance' and cast(year.year_no as string) = expected.period
),

duty as (
    select
        judged.*,
        'evaluation' as duty,
        due.evaluation_due_on as due_on,
        coalesce(evaluation.times, 0) as times,
        cast(null as date) as last_on
    from judged
    inner join due on judged.year_no = due.year_no
    left join evaluation on judged.project_id = evaluation.project_id and judged.year_no = evaluation.year_no
    union all
    select
        judged.*,
        'inspection',
        due.year_ends_on,
        coalesce(inspection.times, 0),
        inspection.last_on
    from judged
    inner join due on judged.year_no = due.year_no
    left join inspection on judged.project_id = inspection.project_id and judged.year_no = inspection.year_no
),

standing as (
    select
        duty.*,
        reached.as_of_on,
        case
            when duty.times > 0 then 'done'
            when not coalesce(duty.is_running, false) then 'not_running'
            when reached.as_of_on < duty.due_on then 'not_due'
            else 'missing'
        end as status
    from duty
    cross join {{ ref('int_project_date') }} as reached
)

select
    project_id,
    project_name,
    category,
    lead_unit,
    cast(year_no as string) as period,
    duty,
    {{ code_name('project_duty', 'standing.duty') }} as duty_zh,
    coalesce(is_running, false) as is_running,
    cast(times as integer) as times,
    cast(sum(times) over (partition by project_id, duty) as integer) as times_in_all,
    max(last_on) over (partition by project_id, duty) as last_inspected_on,
    due_on,
    status,
    {{ code_name('project_duty_status', 'status') }} as status_zh,
    as_of_on
from standing
