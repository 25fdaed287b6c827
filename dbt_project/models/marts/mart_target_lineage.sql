-- Every cell and feature behind the figures of the target board: what each adds to the numerator or denominator, and from which file.
-- For any other figure: from explain(indicator, area, period).
with figure as (
    select distinct
        indicator_code,
        period,
        area_code
    from {{ ref('mart_target_progress') }}
    where period is not null
),

leaf as (
    {{ lineage('figure', ref('bridge_indicator_period'), ref('bridge_indicator_measure'), ref('fct_measure')) }}
)

select
    leaf.*,
    submission.file_name
from leaf
left join {{ ref('stg_submission') }} as submission on leaf.submission_id = submission.submission_id
