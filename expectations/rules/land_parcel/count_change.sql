-- The number of a township's parcels changes slowly. Threshold: %. It concerns the township, not one parcel.
with now as (
    select
        unit,
        period,
        min(row_id) as row_id,
        count(*) as parcels
    from submission
    group by unit, period
),

before as (
    select
        unit,
        period,
        count(*) as parcels
    from accepted_land_parcel
    group by unit, period
)

select
    now.row_id,
    'parcel_id' as field,
    null as feature,
    now.parcels as found,
    before.parcels as expected
from now
inner join before on now.unit = before.unit and try_cast(now.period as integer) - 1 = try_cast(before.period as integer)
where abs(now.parcels - before.parcels) > before.parcels * $threshold / 100
