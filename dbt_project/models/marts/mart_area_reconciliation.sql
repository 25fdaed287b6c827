-- Measured on the map, accepted at 验收, reported by projects, declared in statistics: side by side, and whether they agree.
-- A witness that speaks at all in a period says 0 of the townships that it does not mention where the registry says so (layers, projects);
-- elsewhere silence stays silence, and the district is then not compared.
with spoken as (
    select distinct
        said.reconciliation_code,
        said.period,
        said.witness,
        registered.absence_is_zero
    from {{ ref('int_witness') }} as said
    inner join {{ ref('reconciliation_witness') }} as registered
        on said.reconciliation_code = registered.reconciliation_code and said.witness = registered.witness
),

said as (
    select
        spoken.reconciliation_code,
        spoken.period,
        spoken.witness,
        township.township_code,
        coalesce(witness.value, case when spoken.absence_is_zero then 0 end) as value,
        coalesce(witness.is_carried, false) as is_carried
    from spoken
    cross join {{ ref('township') }} as township
    left join {{ ref('int_witness') }} as witness
        on
            spoken.reconciliation_code = witness.reconciliation_code
            and spoken.period = witness.period
            and spoken.witness = witness.witness
            and township.township_code = witness.township_code
),

by_area as (
    select
        reconciliation_code,
        period,
        'township' as area_level,
        township_code as area_code,
        witness,
        value,
        is_carried
    from said
    union all
    select
        said.reconciliation_code,
        said.period,
        'district',
        district.district_code,
        said.witness,
        case when count(said.value) = count(*) then {{ total('said.value') }} end,
        bool_or(said.is_carried)
    from said
    cross join {{ ref('district') }} as district
    group by said.reconciliation_code, said.period, district.district_code, said.witness
),

side_by_side as (
    select
        reconciliation_code,
        period,
        area_level,
        area_code,
        max(case when witness = 'measured' then value end) as measured_value,
        max(case when witness = 'accepted' then value end) as accepted_value,
        max(case when witness = 'reported' then value end) as reported_value,
        max(case when witness = 'declared' then value end) as declared_value,
        count(value) as witnesses,
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
    cast(compared.witnesses as integer) as witnesses,
    case
        when compared.witnesses > 1
            then
                coalesce(compared.measured_value, compared.accepted_value, compared.reported_value)
                - coalesce(compared.declared_value, compared.reported_value, compared.accepted_value)
    end as difference,
    case when compared.witnesses > 1 then compared.spread end as spread,
    greatest(quantity.tolerance, quantity.tolerance_share * compared.largest) as tolerance,
    case
        when compared.witnesses < 2 then 'missing'
        when compared.spread <= greatest(quantity.tolerance, quantity.tolerance_share * compared.largest) then 'agree'
        else 'differs'
    end as verdict,
    compared.is_carried
from side_by_side as compared
inner join {{ ref('reconciliation') }} as quantity on compared.reconciliation_code = quantity.reconciliation_code
inner join {{ ref('int_area') }} as area on compared.area_level = area.area_level and compared.area_code = area.area_code
