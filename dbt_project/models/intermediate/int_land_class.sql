-- Land by class, part and zone, measured from the parcels in force. A township's parcels of a year cover all classes: one of the
-- district's that does not occur among them stands with 0.
with parcel as (
    select
        parcel.period,
        parcel.reporting_unit as township_code,
        parcel.land_class_code,
        overlay.part_code,
        overlay.consolidation_zone,
        overlay.restoration_zone,
        overlay.area_m2,
        parcel.row_id
    from {{ ref('stg_land_parcel') }} as parcel
    inner join {{ ref('int_overlay') }} as overlay
        on overlay.dataset = 'land_parcel' and parcel.submission_id = overlay.submission_id and parcel.row_id = overlay.row_id
),

known as (
    select land_class_code
    from {{ ref('land_class') }}
    where on_form
    union
    select land_class_code from parcel
    union
    select land_class_code from {{ ref('stg_land_use') }}
),

covered as (
    select distinct
        period,
        township_code,
        part_code,
        consolidation_zone,
        restoration_zone
    from parcel
),

summed as (
    select
        period,
        township_code,
        part_code,
        consolidation_zone,
        restoration_zone,
        land_class_code,
        {{ total('area_m2') }} / 10000 as area_ha,
        count(distinct row_id) as parcels
    from parcel
    group by period, township_code, part_code, consolidation_zone, restoration_zone, land_class_code
)

select
    covered.period,
    covered.township_code,
    covered.part_code,
    covered.consolidation_zone,
    covered.restoration_zone,
    known.land_class_code,
    coalesce(summed.area_ha, 0) as area_ha,
    coalesce(summed.parcels, 0) as parcels
from covered
cross join known
left join summed
    on
        covered.period = summed.period
        and covered.township_code = summed.township_code
        and covered.part_code = summed.part_code
        and covered.consolidation_zone = summed.consolidation_zone
        and covered.restoration_zone = summed.restoration_zone
        and known.land_class_code = summed.land_class_code
