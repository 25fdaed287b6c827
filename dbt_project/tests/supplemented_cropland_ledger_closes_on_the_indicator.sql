-- The ledger's last running totals are the indicators of the latest quarter.
with last_entry as (
    select
        reserve_to_date_ha,
        linked_to_date_ha,
        cropland_to_date_ha
    from {{ ref('mart_supplemented_cropland_ledger') }}
    qualify row_number() over (order by entry_no desc) = 1
),

latest as (
    select
        indicator_code,
        value
    from {{ ref('mart_indicator_district') }}
    where period_grain = 'quarter'
    qualify row_number() over (partition by indicator_code order by period desc) = 1
)

select
    latest.indicator_code,
    latest.value,
    last_entry.cropland_to_date_ha
from latest
cross join last_entry
where
    abs(latest.value - case latest.indicator_code
        when 'supplemented_cropland_area' then last_entry.cropland_to_date_ha
        when 'cropland_from_reserve_and_consolidation' then last_entry.reserve_to_date_ha
        when 'linked_reclaimed_cropland' then last_entry.linked_to_date_ha
    end) > 1e-9 * greatest(1, latest.value)
