-- Measured on the map, accepted at 验收, reported by projects, declared in statistics: side by side, and whether they agree.
-- An evidence source with any figure in a period counts 0 for the townships without one where the registry has absence_is_zero (layers,
-- projects); elsewhere a missing figure stays missing, and the district is then not compared.
with covered as (
    select distinct
        figure.reconciliation_code,
        figure.period,
        figure.evidence_source,
        registered.absence_is_zero
    from {{ ref('int_measure_by_source') }} as figure
    inner join {{ ref('reconciliation_source') }} as registered
        on figure.reconciliation_code = registered.reconciliation_code and figure.evidence_source = registered.evidence_source
),

figure as (
    select
        covered.reconciliation_code,
        covered.period,
        covered.evidence_source,
        township.township_code,
        coalesce(source.value, case when covered.absence_is_zero then 0 end) as value,
        coalesce(source.is_carried, false) as is_carried
    from covered
    cross join {{ ref('township') }} as township
    left join {{ ref('int_measure_by_source') }} as source
        on
            covered.reconciliation_code = source.reconciliation_code
            and covered.period = source.period
            and covered.evidence_source = source.evidence_source
            and township.township_code = source.township_code
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
    from figure
    union all
    select
        figure.reconciliation_code,
        figure.period,
        'district',
        district.district_code,
        figure.evidence_source,
        case when count(figure.value) = count(*) then {{ total('figure.value') }} end,
        bool_or(figure.is_carried)
    from figure
    cross join {{ ref('district') }} as district
    group by figure.reconciliation_code, figure.period, district.district_code, figure.evidence_source
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
),

found as (
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
        compared.is_carried,
        compared.area_level = 'district' as is_additive
    from side_by_side as compared
    inner join {{ ref('reconciliation') }} as quantity on compared.reconciliation_code = quantity.reconciliation_code
    inner join {{ ref('int_area') }} as area on compared.area_level = area.area_level and compared.area_code = area.area_code
)

select
    found.*,
    {{ code_name('reconciliation_verdict', 'found.verdict') }} as verdict_zh
from found
