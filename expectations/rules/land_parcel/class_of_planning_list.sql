-- Codes are the survey's: the planning classification gives the same digits to other classes. The first parcel of each is named.
select
    min(submission.row_id) as row_id,
    'land_class_code' as field,
    submission.land_class_code as code,
    count(*) as parcels,
    submission.land_class_name as found,
    ref_land_class.land_class_name as expected
from submission
left join ref_planning_land_class
    on submission.land_class_code = ref_planning_land_class.class_code and submission.land_class_name = ref_planning_land_class.class_name
inner join ref_land_class on submission.land_class_code = ref_land_class.land_class_code
where ref_planning_land_class.class_code is not null
group by submission.reporting_unit, submission.land_class_code, submission.land_class_name, ref_land_class.land_class_name
