-- What became of each rule for each reporting unit of a submission, as a letter.
with by_unit as (
    select
        submission_id,
        rules,
        fields,
        outcomes,
        {{ elements('reporting_units') }} as reporting_unit,
        {{ elements('periods') }} as period
    from {{ ref('stg_rule_outcome') }}
)

select
    submission_id,
    reporting_unit,
    period,
    {{ elements('rules') }} as rule_id,
    {{ elements('fields') }} as field,
    {{ elements('outcomes') }} as code
from by_unit
