-- Quality of what is sent, by dataset, township and period: how many units came, were accepted at the first try, are held or waiting, and
-- what was found in them; beside the period before. No township: of the whole district.
with version as (
    select
        version.submission_id,
        version.dataset,
        version.reporting_unit,
        version.period,
        township.township_code,
        version.state,
        version.ended_at,
        row_number() over (
            partition by version.dataset, version.reporting_unit, version.period
            order by submission.received_at, version.submission_id
        ) as attempt
    from {{ ref('stg_submission_unit') }} as version
    inner join {{ ref('stg_submission') }} as submission on version.submission_id = submission.submission_id
    left join {{ ref('township') }} as township on right(version.reporting_unit, 9) = township.township_code
),

sent as (
    select
        dataset,
        township_code,
        period,
        count(distinct submission_id) as submissions,
        count(*) as units_sent,
        count(distinct reporting_unit) as reporting_units,
        count(case when state = 'accepted' and ended_at is null then 1 end) as units_accepted,
        count(case when state = 'held' then 1 end) as units_held,
        count(case when state = 'waiting' then 1 end) as units_waiting,
        count(case when attempt = 1 and state in ('accepted', 'unchanged') then 1 end) as units_at_first_try
    from version
    group by dataset, township_code, period
),

found as (
    select
        dataset,
        township_code,
        period,
        count(case when severity = 'error' then 1 end) as errors,
        count(case when severity = 'warning' then 1 end) as warnings,
        count(case when severity = 'info' then 1 end) as notes,
        count(distinct rule_id) as rules
    from {{ ref('int_finding_place') }}
    group by dataset, township_code, period
),

together as (
    select
        coalesce(sent.dataset, found.dataset) as dataset,
        coalesce(sent.township_code, found.township_code) as township_code,
        coalesce(sent.period, found.period) as period,
        coalesce(sent.submissions, 0) as submissions,
        coalesce(sent.reporting_units, 0) as reporting_units,
        coalesce(sent.units_sent, 0) as units_sent,
        coalesce(sent.units_accepted, 0) as units_accepted,
        coalesce(sent.units_held, 0) as units_held,
        coalesce(sent.units_waiting, 0) as units_waiting,
        coalesce(sent.units_at_first_try, 0) as units_at_first_try,
        coalesce(found.errors, 0) as errors,
        coalesce(found.warnings, 0) as warnings,
        coalesce(found.notes, 0) as notes,
        coalesce(found.rules, 0) as rules
    from sent
    full outer join found
        on
            sent.dataset is not distinct from found.dataset
            and sent.township_code is not distinct from found.township_code
            and sent.period is not distinct from found.period
)

select
    together.dataset,
    dataset.title_zh as dataset_name,
    together.township_code,
    township.township_name,
    together.period,
    {{ period_grain('together.period') }} as period_grain,
    cast(together.submissions as integer) as submissions,
    cast(together.reporting_units as integer) as reporting_units,
    cast(together.units_sent as integer) as units_sent,
    cast(together.units_accepted as integer) as units_accepted,
    cast(together.units_held as integer) as units_held,
    cast(together.units_waiting as integer) as units_waiting,
    100.0 * together.units_at_first_try / nullif(together.reporting_units, 0) as first_try_pct,
    cast(together.errors as integer) as errors,
    cast(together.warnings as integer) as warnings,
    cast(together.notes as integer) as notes,
    cast(together.rules as integer) as rules,
    cast(together.errors - lag(together.errors) over before as integer) as errors_change,
    cast(together.warnings - lag(together.warnings) over before as integer) as warnings_change
from together
left join {{ ref('township') }} as township on together.township_code = township.township_code
left join {{ ref('dataset') }} as dataset on together.dataset = dataset.dataset
window before as (
    partition by together.dataset, together.township_code, {{ period_grain('together.period') }}
    order by together.period
)
