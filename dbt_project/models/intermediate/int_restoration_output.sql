-- Physical outputs of projects by kind, in the kind's own unit, on the ground where they lie: planned by the ledger, reported in the latest
-- month, accepted (合格 only) from the base year on. Where sub-projects give an output of a kind, the project's own row does not count.
-- A plan over several townships has no ground: it stands without a township.
with planned as (
    select
        'planned' as stage,
        project_id,
        plan_project_id,
        is_subproject,
        {{ joined('township_codes') }} as townships,
        ends_on,
        output_kind,
        output_unit,
        planned_output as amount,
        submission_id,
        row_id
    from {{ ref('stg_project_ledger') }}
),

reported as (
    select
        'reported' as stage,
        project_id,
        left(project_id, 2) as plan_project_id,
        project_id like '%-%' as is_subproject,
        township_code as townships,
        ends_on,
        output_kind,
        output_unit,
        cum_output as amount,
        submission_id,
        row_id
    from {{ ref('stg_project_progress') }}
    where cum_output is not null and output_kind is not null
    qualify row_number() over (partition by project_id, township_code, output_kind order by ends_on desc) = 1
),

accepted as (
    select
        'accepted' as stage,
        project_id,
        left(project_id, 2) as plan_project_id,
        false as is_subproject, -- each acceptance counts, of a project as of its sub-projects
        township_code as townships,
        acceptance_date as ends_on,
        output_kind,
        output_unit,
        accepted_output as amount,
        submission_id,
        row_id
    from {{ ref('stg_project_acceptance') }}
    where is_accepted and extract(year from acceptance_date) >= {{ plan_fact('base_year') }}
),

output as (
    select * from planned
    union all
    select * from reported
    union all
    select * from accepted
),

converted as (
    select
        output.stage,
        output.project_id,
        output.plan_project_id,
        case when output.townships not like '%、%' then output.townships end as township_code,
        output.ends_on,
        output.output_kind,
        kind.measure_unit,
        output.amount * (written.factor_numerator / written.factor_denominator) / (stored.factor_numerator / stored.factor_denominator)
            as amount,
        output.submission_id,
        output.row_id
    from output
    inner join {{ ref('output_kind') }} as kind on output.output_kind = kind.output_kind
    inner join {{ ref('measure_unit') }} as written on output.output_unit = written.spelling
    inner join {{ ref('measure_unit') }} as stored on kind.measure_unit = stored.spelling and written.kind = stored.kind
    where output.amount is not null
    qualify
        output.is_subproject
        or not coalesce(bool_or(output.is_subproject) over (partition by output.stage, output.plan_project_id, output.output_kind), false)
),

placed as (
    {{ on_project_ground('converted', ref('int_project_location')) }}
)

select
    stage,
    project_id,
    plan_project_id,
    output_kind,
    measure_unit,
    ends_on,
    township_code,
    part_code,
    consolidation_zone,
    restoration_zone,
    amount * ground_share as amount,
    is_allocated,
    submission_id,
    row_id
from placed
union all
select
    converted.stage,
    converted.project_id,
    converted.plan_project_id,
    converted.output_kind,
    converted.measure_unit,
    converted.ends_on,
    converted.township_code,
    null,
    null,
    null,
    converted.amount,
    false,
    converted.submission_id,
    converted.row_id
from converted
left join {{ ref('int_project_location') }} as place
    on converted.project_id = place.project_id and converted.township_code = place.township_code
where place.project_id is null
