-- Money of a project by level and, where the funds ledger says so, by instrument: allocated, arrived, paid, and what lies in between.
-- The monthly reports know levels only (市县 together) and what has arrived; the two stand apart and are never added.
with reported as (
    select
        project_id,
        period,
        ends_on,
        is_carried,
        case level_column
            when 'central_wan' then '中央'
            when 'province_wan' then '省'
            when 'local_wan' then '市县'
            when 'social_wan' then '社会'
        end as fund_level,
        level_wan as arrived_wan
    from {{ ref('int_project_money') }}
    unpivot (level_wan for level_column in (central_wan, province_wan, local_wan, social_wan))
),

line as (
    select
        project_id,
        period,
        ends_on,
        'project_funds' as reported_in,
        fund_level,
        instrument,
        allocated_wan,
        arrived_wan,
        paid_wan,
        is_carried,
        submission_id
    from {{ ref('int_project_fund_line') }}
    union all
    select
        project_id,
        period,
        ends_on,
        'project_progress',
        fund_level,
        null,
        null,
        arrived_wan,
        null,
        is_carried,
        null
    from reported
)

select
    line.project_id,
    project.project_name,
    project.category,
    line.period,
    line.reported_in,
    line.fund_level,
    line.instrument,
    line.allocated_wan,
    line.arrived_wan,
    line.paid_wan,
    100 * line.arrived_wan / nullif(line.allocated_wan, 0) as arrival_rate_pct,
    100 * line.paid_wan / nullif(line.arrived_wan, 0) as use_rate_pct,
    {{ above_zero('line.allocated_wan - line.arrived_wan') }} as not_arrived_wan,
    {{ above_zero('line.arrived_wan - line.paid_wan') }} as stuck_wan,
    line.is_carried,
    dense_rank() over (partition by line.project_id, line.reported_in order by line.ends_on desc) = 1 as is_latest,
    cast({{ days_between('line.ends_on', 'today.as_of_date') }} as integer) as data_age_as_of_days,
    today.as_of_date,
    line.submission_id
from line
cross join {{ ref('int_as_of_date') }} as today
left join {{ ref('dim_project') }} as project on line.project_id = project.project_id
