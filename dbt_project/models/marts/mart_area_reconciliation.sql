-- Measured on the map, accepted at 验收, reported by projects, declared in statistics: side by side, and whether they agree.
-- An evidence source that speaks at all in a period says 0 of the townships that it does not mention where the registry says so (layers, projects);
-- elsewhere silence stays silence, and the district is then not compared.
with spoken as (
    select distinct
        said.reconciliation_code,
        said.period,
        said.evidence_source,
        registered.absence_is_zero
    from {{ ref('int_measure_by_source') }} as said
    inner join {{ ref('reconciliation_source') }} as registered
        on said.reconciliation_code = registered.reconciliation_code and said.evidence_source = registered.evidence_source
),

said as (
    select
        spoken.reconciliation_code,
        spoken.period,
        spoken.evidence_source,
        township.township_code,
        coalesce(evidence_source.value, case when spoken.absence_is_zero then 0 end) as value,
        coalesce(evidence_source.is_carried, false) as is_carried
    from spoken
    cross join {{ ref('township') }} as township
    left join {{ ref('int_measure_by_source') }} as evidence_source
        on
            spoken.reconciliation_code = evidence_source.reconciliation_code
            and spoken.period = evidence_source.period
            and spoken.evidence_source = evidence_source.evidence_source
            and township.township_code = evidence_source.township_code
),

by_area as (
    select
        reconciliation_code,
        period,
        'township' as area_level,
        township_code as area_code,
        evidence_source,
        value,
        is_carried
    from said
    union all
    select
        said.reconciliation_code,
        said.period,
        'district',
        district.district_code,
        said.evidence_source,
        case when count(said.value) = count(*) then {{ total('said.value') }} end,
        bool_or(said.is_carried)
    from said
    cross join {{ ref('district') }} as district
    group by said.reconciliation_code, said.period, district.district_code, said.evidence_source
),

side_by_side as (
    select
        reconciliation_code,
        period,
        area_level,
        area_code,
        max(case when evidence_source = 'measured' then value end) as measured_value,
        max(case when evidence_source = 'accepted' then value end) as accepted_value,
        max(case when evidence_source = 'reported' then value end) as reported_value,
        max(case when evidence_source = 'declared' then value end) as declared_value,
        count(value) as evidence_sources,
        max(value) - min(value) as spread,
        max(abs(value)) as largest,
        bool_or(is_carried) as is_carried
    from by_area
    group by reconciliation_code, period, area_level, area_code
)

select
    compared.reconciliation_code,
    quantity.title_zh as reconciliation_name,
    quantity.indicator_code,
    compared.period,
    compared.area_level,
    compared.area_code,
    area.area_name,
    compared.measured_value,
    compared.accepted_value,
    compared.reported_value,
    compared.declared_value,
    quantity.measure_unit,
    cast(compared.evidence_sources as integer) as evidence_sources,
    case
        when compared.evidence_sources > 1
            then
                coalesce(compared.measured_value, compared.accepted_value, compared.reported_value)
                - coalesce(compared.declared_value, compared.reported_value, compared.accepted_value)
    end as difference,
    case when compared.evidence_sources > 1 then compared.spread end as spread,
    greatest(quantity.tolerance, quantity.tolerance_share * compared.largest) as tolerance,
    case
        when compared.evidence_sources < 2 then 'missing'
        when compared.spread <= greatest(quantity.tolerance, quantity.tolerance_share * compared.largest) then 'agree'
        else 'differs'
    end as verdict,
    compared.is_carried
from side_by_side as compared
inner join {{ ref('reconciliation') }} as quantity on compared.reconciliation_code = quantity.reconciliation_code
inner join {{ ref('int_area') }} as area on compared.area_level = area.area_level and compared.area_code = area.area_code
