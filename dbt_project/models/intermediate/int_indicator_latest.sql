-- Where each indicator stands in each area, where its count began, and where it stood a year earlier.
-- Judged by the registry's grain: a complete period before an incomplete one; of what is counted up, which only grows, the newest.
with judged as (
    select
        value.*,
        indicator.counted_from
    from {{ ref('int_indicator_value') }} as value
    inner join {{ ref('indicator') }} as indicator
        on value.indicator_code = indicator.indicator_code and value.period_grain = indicator.judged_by
    where value.area_level in ('district', 'zone') and value.value is not null
),

ranked as (
    select
        *,
        row_number() over (
            partition by indicator_code, area_code
            order by counted_from is null and is_provisional asc, ends_on desc
        ) as newest,
        row_number() over (partition by indicator_code, area_code order by ends_on) as oldest
    from judged
)

select
    latest.indicator_code,
    latest.area_code,
    latest.period,
    latest.ends_on,
    latest.data_through,
    latest.numerator,
    latest.value,
    latest.source,
    latest.is_allocated,
    latest.allocated_pct,
    latest.data_age_days,
    latest.data_age_as_of_days,
    latest.as_of_date,
    latest.submission_ids,
    latest.is_provisional,
    coalesce(latest.counted_from, first.ends_on) as base_on,
    case when latest.counted_from is null then first.value else 0 end as base_value,
    year_before.value as value_year_before,
    year_before.data_through as year_before_through
from ranked as latest
inner join ranked as first
    on latest.indicator_code = first.indicator_code and latest.area_code = first.area_code and first.oldest = 1
left join judged as year_before
    on
        latest.indicator_code = year_before.indicator_code
        and latest.area_code = year_before.area_code
        and latest.ends_on = year_before.ends_on + interval 1 year
where latest.newest = 1
