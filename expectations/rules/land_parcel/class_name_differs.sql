-- A class is called by its name, or by that of a finer class within it. The first parcel of each wrong name is named.
select
    min(submission.row_id) as row_id,
    'land_class_name' as field,
    submission.land_class_code as code,
    count(*) as parcels,
    submission.land_class_name as found,
    ref_land_class.land_class_name as expected
from submission
inner join ref_land_class on submission.land_class_code = ref_land_class.land_class_code
left join ref_land_class_detail
    on
        submission.land_class_code = ref_land_class_detail.land_class_code
        and submission.land_class_name = ref_land_class_detail.detail_name
left join ref_planning_land_class
    on submission.land_class_code = ref_planning_land_class.class_code and submission.land_class_name = ref_planning_land_class.class_name
where
    submission.land_class_name != ref_land_class.land_class_name
    and ref_land_class_detail.detail_code is null
    and ref_planning_land_class.class_code is null
group by submission.reporting_unit, submission.land_class_code, submission.land_class_name, ref_land_class.land_class_name
