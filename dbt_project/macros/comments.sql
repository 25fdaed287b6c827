{# What a reader of the database sees beside a column: its Chinese title and unit, then the description. #}
{% macro duckdb__alter_column_comment(relation, column_dict) %}
    {%- set existing = adapter.get_columns_in_relation(relation) | map(attribute="name") | list -%}
    {%- for name, column in column_dict.items() if name in existing %}
        comment on column {{ relation }}.{{ name }} is {{ duckdb_escape_comment(titled(column, column["description"])) }};
    {%- endfor %}
{% endmacro %}

{% macro duckdb__alter_relation_comment(relation, comment) %}
    comment on {{ relation.type }} {{ relation }} is {{ duckdb_escape_comment(titled(model, comment)) }};
{% endmacro %}

{% macro titled(node, text) -%}
    {%- set meta = node.get("config", {}).get("meta") or node.get("meta") or {} -%}
    {%- set measure_unit = "（" ~ meta["measure_unit"] ~ "）" if meta.get("measure_unit") else "" -%}
    {{ (meta["title_zh"] ~ measure_unit ~ ("：" if text else "") ~ text if meta.get("title_zh") else text) | trim }}
{%- endmacro %}
