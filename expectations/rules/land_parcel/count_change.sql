-- The number of a township's parcels changes slowly. Threshold: %. It concerns the township, not one parcel.
with now as (
    select
        reporting_unit,
        period,
        min(row_id) as row_id,
        count(*) as parcels
    from submission
    group by reporting_unit, period
),

before as (
    select
        reporting_unit,
        period,
        count(*) as parcels
    from accepted_land_parcel
    group by reporting_unit, period
)

select
    now.row_id,
    'parcel_id' as field,
    null as feature,
    now.parcels as found,
    before.parcels as expected
from now
inner join before on now.reporting_unit = before.reporting_unit and try_cast(now.period as integer) - 1 = try_cast(before.period as integer)
where abs(now.parcels - before.parcels) > before.parcels * $threshold / 100
