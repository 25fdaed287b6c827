-- What an evidence source has for the townships adds up to what it has for the district, wherever it has them all.
with figure as (
    select *
    from {{ ref('mart_area_reconciliation') }}
    unpivot (amount for evidence_source in (measured_value, accepted_value, reported_value, declared_value))
),

townships as (
    select
        reconciliation_code,
        period,
        evidence_source,
        sum(amount) as amount
    from figure
    where area_level = 'township'
    group by reconciliation_code, period, evidence_source
)

select
    district.reconciliation_code,
    district.period,
    district.evidence_source,
    district.amount,
    townships.amount as sum_of_townships
from figure as district
left join townships
    on
        district.reconciliation_code = townships.reconciliation_code
        and district.period = townships.period
        and district.evidence_source = townships.evidence_source
where
    district.area_level = 'district'
    and abs(coalesce(townships.amount, 0) - district.amount) > 1e-9 * greatest(1, abs(district.amount))
