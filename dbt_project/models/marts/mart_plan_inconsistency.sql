-- Where the plan contradicts itself or leaves a thing open: the arithmetic, the reading chosen, and what the other reading would change.
with figures as (
    select
        *,
        cast(null as string) as differing_zh
    from {{ ref('int_plan_arithmetic_targets') }}
    union all
    select
        *,
        null
    from {{ ref('int_plan_arithmetic_lists') }}
    union all
    select * from {{ ref('int_plan_arithmetic_places') }}
    union all
    select * from {{ ref('int_plan_arithmetic_words') }}
),

judged as (
    select
        statement.*,
        cast(figures.left_value as double) as left_value,
        cast(figures.right_value as double) as right_value,
        figures.differing_zh,
        case statement.relation
            when '=' then abs(figures.left_value - figures.right_value) <= statement.tolerance
            else figures.left_value <= figures.right_value + statement.tolerance
        end as is_consistent
    from {{ ref('plan_inconsistency') }} as statement
    inner join figures on statement.code = figures.code
)

select
    judged.code as inconsistency_code,
    judged.number,
    judged.kind,
    {{ code_name('inconsistency_kind', 'judged.kind') }} as kind_zh,
    judged.form,
    {{ code_name('inconsistency_form', 'judged.form') }} as form_zh,
    judged.topic_zh,
    judged.topic_en,
    judged.left_zh,
    judged.left_value,
    judged.relation,
    judged.right_zh,
    judged.right_value,
    judged.left_value - judged.right_value as difference,
    judged.measure_unit,
    judged.differing_zh,
    judged.is_consistent,
    judged.kind = 'plan' and not judged.is_consistent as is_plans_own,
    judged.reading_zh,
    judged.other_reading_zh,
    judged.effect_zh,
    cast(effect.effect_of_reading as double) as effect_of_reading,
    cast(effect.effect_of_other as double) as effect_of_other,
    judged.effect_unit
from judged
left join {{ ref('int_plan_other_reading') }} as effect on judged.code = effect.code
