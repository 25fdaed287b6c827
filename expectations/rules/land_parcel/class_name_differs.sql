-- A class is called by its name. The first parcel of each wrong name is named.
select
    min(submission.row_id) as row_id,
    'land_class_name' as field,
    submission.land_class_code as code,
    count(*) as parcels,
    submission.land_class_name as found,
    ref_land_class.land_class_name as expected
from submission
inner join ref_land_class on submission.land_class_code = ref_land_class.land_class_code
where submission.land_class_name != ref_land_class.land_class_name
group by submission.unit, submission.land_class_code, submission.land_class_name, ref_land_class.land_class_name
