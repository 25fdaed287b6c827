-- Where the plan contradicts itself or leaves a thing open: the arithmetic, the reading chosen, and what the other reading would change.
with figures as (
    select * from {{ ref('int_plan_arithmetic_targets') }}
    union all
    select * from {{ ref('int_plan_arithmetic_lists') }}
)

select
    statement.code as inconsistency_code,
    statement.number,
    statement.kind,
    {{ code_name('inconsistency_kind', 'statement.kind') }} as kind_zh,
    statement.topic_zh,
    statement.topic_en,
    statement.left_zh,
    cast(figures.left_value as double) as left_value,
    statement.relation,
    statement.right_zh,
    cast(figures.right_value as double) as right_value,
    cast(figures.left_value - figures.right_value as double) as difference,
    statement.measure_unit,
    case statement.relation
        when '=' then abs(figures.left_value - figures.right_value) <= statement.tolerance
        else figures.left_value <= figures.right_value + statement.tolerance
    end as is_consistent,
    statement.reading_zh,
    statement.other_reading_zh,
    statement.effect_zh,
    cast(effect.effect_of_reading as double) as effect_of_reading,
    cast(effect.effect_of_other as double) as effect_of_other,
    statement.effect_unit
from {{ ref('plan_inconsistency') }} as statement
inner join figures on statement.code = figures.code
left join {{ ref('int_plan_other_reading') }} as effect on statement.code = effect.code
