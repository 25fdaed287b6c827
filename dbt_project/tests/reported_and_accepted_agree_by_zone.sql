-- What projects report to date lies in the zone in which it was accepted: at a month's end, a zone's reported output (mart_project_zone)
-- differs from its accepted one (mart_indicator_zone, at the end of a quarter) by no more than the two differ for single projects and
-- townships.
with quantity as (
    select
        quantity.reconciliation_code,
        quantity.indicator_code,
        reported.measure_codes as reported_measure
    from {{ ref('reconciliation') }} as quantity
    inner join {{ ref('reconciliation_source') }} as reported
        on quantity.reconciliation_code = reported.reconciliation_code and reported.over_time = 'latest'
),

quarter as (
    select
        indicator_code,
        period,
        ends_on
    from {{ ref('bridge_indicator_period') }}
    where period_grain = 'quarter' and source = 'acceptance'
),

reported as (
    select
        quantity.indicator_code,
        quarter.period,
        left(fact.project_id, 2) as project_id,
        fact.township_code,
        fact.value
    from quantity
    inner join quarter on quantity.indicator_code = quarter.indicator_code
    inner join {{ ref('fct_measure') }} as fact
        on fact.source = 'progress' and quantity.reported_measure = fact.measure_code and quarter.ends_on = fact.ends_on
),

accepted as (
    select
        quarter.indicator_code,
        quarter.period,
        left(fact.project_id, 2) as project_id,
        fact.township_code,
        fact.value * part.to_role_unit as value
    from quarter
    inner join {{ ref('bridge_indicator_measure') }} as part on quarter.indicator_code = part.indicator_code and part.source = 'acceptance'
    inner join {{ ref('fct_measure') }} as fact
        on
            part.measure_code = fact.measure_code
            and part.source = fact.source
            and part.counted_from <= fact.starts_on
            and quarter.ends_on >= fact.ends_on
),

difference as (
    select
        indicator_code,
        period,
        project_id,
        township_code,
        sum(value) as value
    from (
        select * from reported
        union all
        select
            indicator_code,
            period,
            project_id,
            township_code,
            -value
        from accepted
    ) as either
    group by indicator_code, period, project_id, township_code
),

allowed as (
    select
        indicator_code,
        period,
        sum(abs(value)) as value
    from difference
    group by indicator_code, period
),

by_zone as (
    select
        quantity.indicator_code,
        quarter.period,
        zone.zone_code,
        sum(zone.value) as value
    from quantity
    inner join quarter on quantity.indicator_code = quarter.indicator_code
    inner join {{ ref('mart_project_zone') }} as zone
        on quantity.reported_measure = zone.measure_code and {{ format_date('quarter.ends_on', '%Y-%m') }} = zone.period
    group by quantity.indicator_code, quarter.period, zone.zone_code
)

select
    by_zone.indicator_code,
    by_zone.period,
    by_zone.zone_code,
    by_zone.value as reported,
    indicator.numerator as accepted,
    allowed.value as allowed
from by_zone
inner join {{ ref('mart_indicator_zone') }} as indicator
    on
        by_zone.indicator_code = indicator.indicator_code
        and by_zone.period = indicator.period
        and by_zone.zone_code = indicator.area_code
inner join allowed on by_zone.indicator_code = allowed.indicator_code and by_zone.period = allowed.period
where abs(coalesce(by_zone.value, 0) - indicator.numerator) > allowed.value + 1e-9 * greatest(1, indicator.numerator)
