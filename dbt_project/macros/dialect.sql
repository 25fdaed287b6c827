{# DuckDB's own where plain SQL has no short word for it; another engine overrides these. #}
{% macro items(list_text) -%}{{ return(adapter.dispatch("items")(list_text)) }}{%- endmacro %}
{% macro default__items(list_text) -%}unnest(string_split({{ list_text }}, ';')){%- endmacro %}

{% macro series(first, last) -%}{{ return(adapter.dispatch("series")(first, last)) }}{%- endmacro %}
{% macro default__series(first, last) -%}unnest(generate_series({{ first }}, {{ last }})){%- endmacro %}

{% macro item_position(list_text, item) -%}{{ return(adapter.dispatch("item_position")(list_text, item)) }}{%- endmacro %}
{% macro default__item_position(list_text, item) -%}list_position(string_split({{ list_text }}, ';'), {{ item }}){%- endmacro %}

{% macro joined(list) -%}{{ return(adapter.dispatch("joined")(list)) }}{%- endmacro %}
{% macro default__joined(list) -%}array_to_string({{ list }}, '、'){%- endmacro %}

{# The A1 address from which a field's value came, of a row's map of addresses. #}
{% macro cell_of(cells, field) -%}{{ return(adapter.dispatch("cell_of")(cells, field)) }}{%- endmacro %}
{% macro default__cell_of(cells, field) -%}{{ cells }}[{{ field }}]{%- endmacro %}
