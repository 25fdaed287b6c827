{# Single figures of the plan, looked up in its seeds: what the plan's own arithmetic is made of. #}
{% macro plan_fact(code) -%}
    (select fact.value from {{ ref('plan_fact') }} as fact where fact.fact_code = '{{ code }}')
{%- endmacro %}

{% macro plan_target_value(indicator, year) -%}
    (
        select target.target_value
        from {{ ref('plan_target') }} as target
        where target.indicator_code = '{{ indicator }}' and target.target_year = {{ year }}
    )
{%- endmacro %}
