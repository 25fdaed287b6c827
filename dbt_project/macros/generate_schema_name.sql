{# Schemas are named as declared: staging, intermediate, marts, plan; nobody's name is put before them. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
