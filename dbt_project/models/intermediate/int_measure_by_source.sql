-- What each evidence source gives for each reconciled quantity, by township, for each year or month: one row an evidence source.
with part as (
    select
        quantity.reconciliation_code,
        quantity.period_grain,
        quantity.measure_unit,
        origin.evidence_source,
        origin.source,
        origin.over_time,
        indicator.counted_from,
        item.measure_code
    from {{ ref('reconciliation') }} as quantity
    inner join {{ ref('reconciliation_source') }} as origin on quantity.reconciliation_code = origin.reconciliation_code
    left join {{ ref('indicator') }} as indicator on quantity.indicator_code = indicator.indicator_code
    cross join {{ items('origin.measure_codes') }} as item (measure_code)
),

-- one row of the source, its parts put together again
reported as (
    select
        part.reconciliation_code,
        part.period_grain,
        part.evidence_source,
        part.over_time,
        part.counted_from,
        fact.township_code,
        fact.measure_code,
        fact.project_id,
        fact.period,
        fact.starts_on,
        fact.ends_on,
        {{ total('fact.value * given.factor_numerator / given.factor_denominator') }}
        * any_value(wanted.factor_denominator / wanted.factor_numerator) as value
    from part
    inner join {{ ref('int_measure') }} as fact on part.measure_code = fact.measure_code and part.source = fact.source
    inner join {{ ref('measure_unit') }} as given on fact.measure_unit = given.spelling
    inner join {{ ref('measure_unit') }} as wanted on part.measure_unit = wanted.spelling
    group by all
),

month as (
    select distinct
        period,
        ends_on
    from {{ ref('stg_project_progress') }}
),

years as (
    select distinct period
    from reported
    where over_time = 'as_it_stands' and {{ period_grain('period') }} = 'year'
),

standing as (
    select
        reported.reconciliation_code,
        years.period,
        reported.township_code,
        reported.evidence_source,
        reported.value,
        false as is_carried
    from reported
    inner join years
        on
            reported.over_time = 'as_it_stands'
            and (reported.period = years.period or {{ period_grain('reported.period') }} = 'day')
),

to_date as (
    select
        reported.reconciliation_code,
        month.period,
        reported.township_code,
        reported.evidence_source,
        reported.value,
        false as is_carried
    from reported
    inner join month
        on reported.over_time = 'to_date' and reported.starts_on >= reported.counted_from and reported.ends_on <= month.ends_on
),

-- a month that a project did not report keeps what it had reported before: the figures are cumulative
latest as (
    select
        reported.reconciliation_code,
        month.period,
        reported.township_code,
        reported.evidence_source,
        reported.value,
        reported.period <> month.period as is_carried
    from reported
    inner join month on reported.over_time = 'latest' and reported.ends_on <= month.ends_on
    qualify row_number() over (
        partition by reported.reconciliation_code, reported.measure_code, reported.project_id, reported.township_code, month.period
        order by reported.ends_on desc
    ) = 1
),

in_year as (
    select
        reconciliation_code,
        cast(extract(year from starts_on) as string) as period,
        township_code,
        evidence_source,
        value,
        false as is_carried
    from reported
    where over_time = 'in_year' and starts_on >= counted_from
),

cropland as (
    select
        origin.reconciliation_code,
        land.period,
        land.township_code,
        origin.evidence_source,
        case origin.source when 'land_parcel' then land.measured_ha when 'land_use' then land.declared_ha end as value,
        false as is_carried
    from {{ ref('reconciliation_source') }} as origin
    cross join {{ ref('int_land_class_by_township') }} as land
    where origin.over_time = 'land_class' and land.is_cropland
),

-- a township whose parcels of both years are there has gained what they show, be it nothing
gained as (
    select
        origin.reconciliation_code,
        land.to_period as period,
        land.township_code,
        origin.evidence_source,
        case when land.change = 'to_cropland' then land.area_ha else 0 end as value,
        false as is_carried
    from {{ ref('reconciliation_source') }} as origin
    cross join {{ ref('int_land_transition') }} as land
    where origin.over_time = 'transition'
),

every_row as (
    select * from standing
    union all
    select * from to_date
    union all
    select * from latest
    union all
    select * from in_year
    union all
    select * from cropland
    union all
    select * from gained
)

select
    reconciliation_code,
    period,
    township_code,
    evidence_source,
    {{ total('value') }} as value,
    bool_or(is_carried) as is_carried
from every_row
where value is not null
group by reconciliation_code, period, township_code, evidence_source
