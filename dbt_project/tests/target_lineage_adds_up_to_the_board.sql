-- The cells and features behind each figure of the target board, by role, beside the figure itself: none may differ.
with behind as (
    select
        indicator_code,
        period,
        area_code,
        {{ total("case when role = 'numerator' then amount end") }} as numerator,
        {{ total("case when role = 'denominator' then amount end") }} as denominator
    from {{ ref('mart_target_lineage') }}
    group by indicator_code, period, area_code
),

figure as (
    select
        indicator_code,
        period,
        area_code,
        numerator,
        denominator
    from {{ ref('mart_indicator_district') }}
    union all
    select
        indicator_code,
        period,
        area_code,
        numerator,
        denominator
    from {{ ref('mart_indicator_zone') }}
)

select
    board.indicator_code,
    board.area_code,
    figure.numerator,
    behind.numerator as numerator_behind,
    figure.denominator,
    behind.denominator as denominator_behind
from {{ ref('mart_target_progress') }} as board
inner join figure
    on board.indicator_code = figure.indicator_code and board.period = figure.period and board.area_code = figure.area_code
left join behind
    on board.indicator_code = behind.indicator_code and board.period = behind.period and board.area_code = behind.area_code
where
    abs(coalesce(behind.numerator, 0) - figure.numerator) > 1e-9 * greatest(abs(figure.numerator), 1)
    or abs(coalesce(behind.denominator, 0) - coalesce(figure.denominator, 0)) > 1e-9 * greatest(abs(coalesce(figure.denominator, 0)), 1)
