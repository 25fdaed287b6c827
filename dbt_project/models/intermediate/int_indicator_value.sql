-- Every indicator × period × area. A ratio is the sum of numerators over the sum of denominators, in its own unit (%, 立方米/亩); 0/0 is null.
-- Where absence means none (layers, acceptances) an area without rows has 0; where it means a report not received it has no row.
-- Below the township nothing is shown while a part of the sum cannot be placed.
with basis as (
    select
        indicator_code,
        source,
        bool_and(absence_is_zero) as absence_is_zero,
        {{ joined_distinct('dataset') }} as datasets
    from {{ ref('int_indicator_measure') }}
    group by indicator_code, source
),

unplaced as (
    select distinct
        indicator_code,
        period
    from {{ ref('int_indicator_amount') }}
    where area_level = 'unallocated' and (numerator <> 0 or denominator <> 0)
),

shown as (
    select
        indicator.indicator_code,
        indicator.name_zh as indicator_name,
        indicator.measure_unit,
        indicator.aggregation,
        period.source,
        basis.datasets,
        period.period,
        period.period_grain,
        period.ends_on,
        period.data_through,
        area.area_level,
        area.area_code,
        area.area_name,
        area.zoning,
        area.counts_once,
        coalesce(amount.numerator, case when basis.absence_is_zero then 0 end) as numerator,
        case
            when indicator.denominator_measures is not null
                then coalesce(amount.denominator, case when basis.absence_is_zero then 0 end)
        end as denominator,
        indicator.denominator_measures is not null as is_ratio,
        given.factor_numerator / given.factor_denominator as numerator_factor,
        divided.factor_numerator / divided.factor_denominator as denominator_factor,
        wanted.factor_numerator / wanted.factor_denominator as value_factor,
        wanted.kind = 'percent' as is_percent,
        coalesce(amount.is_allocated, false) as is_allocated,
        100 * coalesce(amount.allocated_numerator, 0) / nullif(amount.numerator, 0) as allocated_pct,
        amount.submission_ids,
        {{ days_between('period.data_through', 'max(period.data_through) over ()') }} as data_age_days,
        today.as_of_date,
        {{ days_between('period.data_through', 'today.as_of_date') }} as data_age_as_of_days,
        period.is_open or coalesce(coverage.coverage < 1, false) as is_provisional
    from {{ ref('int_indicator_period') }} as period
    cross join {{ ref('int_as_of_date') }} as today
    inner join {{ ref('indicator') }} as indicator on period.indicator_code = indicator.indicator_code
    inner join basis on period.indicator_code = basis.indicator_code and period.source = basis.source
    inner join {{ ref('measure_unit') }} as given on indicator.numerator_unit = given.spelling
    inner join {{ ref('measure_unit') }} as wanted on indicator.measure_unit = wanted.spelling
    left join {{ ref('measure_unit') }} as divided on indicator.denominator_unit = divided.spelling
    cross join {{ ref('int_area') }} as area
    left join {{ ref('int_indicator_amount') }} as amount
        on
            period.indicator_code = amount.indicator_code
            and period.period = amount.period
            and area.area_level = amount.area_level
            and area.area_code = amount.area_code
    left join {{ ref('int_report_coverage') }} as coverage
        on
            period.indicator_code = coverage.indicator_code
            and period.period = coverage.period
            and area.area_level = coverage.area_level
            and area.area_code = coverage.area_code
    left join unplaced
        on
            period.indicator_code = unplaced.indicator_code
            and period.period = unplaced.period
            and area.area_level in ('zone', 'part')
    where
        (basis.absence_is_zero or amount.area_code is not null)
        and unplaced.indicator_code is null
),

valued as (
    select
        *,
        case
            when is_percent then 100 * numerator * numerator_factor / nullif(denominator * denominator_factor, 0)
            when is_ratio then numerator * numerator_factor / nullif(denominator * denominator_factor * value_factor, 0)
            else numerator * numerator_factor / value_factor
        end as value
    from shown
)

select
    indicator_code,
    indicator_name,
    period,
    period_grain,
    ends_on,
    data_through,
    area_level,
    area_code,
    area_name,
    zoning,
    numerator,
    denominator,
    value,
    case
        when aggregation = 'flow_cumulative'
            then value - coalesce(lag(value) over (partition by indicator_code, area_level, area_code, period_grain order by ends_on), 0)
    end as in_period_value,
    measure_unit,
    coalesce(counts_once and not is_ratio, false) as is_additive,
    source,
    datasets,
    is_allocated,
    coalesce(allocated_pct, 0) as allocated_pct,
    is_provisional,
    cast(data_age_days as integer) as data_age_days,
    cast(data_age_as_of_days as integer) as data_age_as_of_days,
    as_of_date,
    submission_ids
from valued
