{# The Chinese name of a code, from the seed `code`; null for null. On engines without such subqueries it would be a join. #}
{% macro code_name(code_list, value) -%}
    (select max(named.name_zh) from {{ ref('code') }} as named where named.code_list = '{{ code_list }}' and named.code = {{ value }})
{%- endmacro %}
