{#
    What DuckDB and other engines spell differently, one macro each: the default is DuckDB's spelling, another engine adds its own `<engine>__` one.
    Where both have a common spelling (string, min_by, unpivot … for … in, qualify, last_day), the models use that.
#}

{# The items of a text list, by ';': a relation of one column, for a from clause. No items of null. #}
{% macro items(list_text) -%}{{ return(adapter.dispatch("items")(list_text)) }}{%- endmacro %}
{% macro default__items(list_text) -%}unnest(string_split({{ list_text }}, ';')){%- endmacro %}

{# The elements of an array, a row each, in a select list; several of them go side by side. #}
{% macro elements(array) -%}{{ return(adapter.dispatch("elements")(array)) }}{%- endmacro %}
{% macro default__elements(array) -%}unnest({{ array }}){%- endmacro %}

{# The whole numbers from the first to the last, both included: a relation of one column, for a from clause. #}
{% macro series(first, last) -%}{{ return(adapter.dispatch("series")(first, last)) }}{%- endmacro %}
{% macro default__series(first, last) -%}unnest(generate_series({{ first }}, {{ last }})){%- endmacro %}

{# 1-based place of an item in a text list, by ';'; 0 or null where it is not there. #}
{% macro item_position(list_text, item) -%}{{ return(adapter.dispatch("item_position")(list_text, item)) }}{%- endmacro %}
{% macro default__item_position(list_text, item) -%}list_position(string_split({{ list_text }}, ';'), {{ item }}){%- endmacro %}

{# An array as one text, by 、. #}
{% macro joined(list) -%}{{ return(adapter.dispatch("joined")(list)) }}{%- endmacro %}
{% macro default__joined(list) -%}array_to_string({{ list }}, '、'){%- endmacro %}

{# An aggregate: the different texts of a group, in order, as one text. #}
{% macro joined_distinct(text, separator=';') -%}{{ return(adapter.dispatch("joined_distinct")(text, separator)) }}{%- endmacro %}
{% macro default__joined_distinct(text, separator) -%}string_agg(distinct {{ text }}, '{{ separator }}' order by {{ text }}){%- endmacro %}

{# An aggregate: the texts of a group in the order of other columns, as one text. #}
{% macro joined_in_order(text, order, separator=';') -%}{{ return(adapter.dispatch("joined_in_order")(text, order, separator)) }}{%- endmacro %}
{% macro default__joined_in_order(text, order, separator) -%}string_agg({{ text }}, '{{ separator }}' order by {{ order }}){%- endmacro %}

{# The A1 address from which a field's value came, of a row's map of addresses. #}
{% macro cell_of(cells, field) -%}{{ return(adapter.dispatch("cell_of")(cells, field)) }}{%- endmacro %}
{% macro default__cell_of(cells, field) -%}{{ cells }}[{{ field }}]{%- endmacro %}

{# A moment of the raw tables (UTC, without a zone) as one that knows its zone: a session shows it in its own. #}
{% macro moment(stored) -%}{{ return(adapter.dispatch("moment")(stored)) }}{%- endmacro %}
{% macro default__moment(stored) -%}{{ stored }} at time zone 'UTC'{%- endmacro %}

{# Days from one date to another; negative where the last comes before the first. #}
{% macro days_between(first, last) -%}{{ return(adapter.dispatch("days_between")(first, last)) }}{%- endmacro %}
{% macro default__days_between(first, last) -%}({{ last }} - {{ first }}){%- endmacro %}

{# Ends of calendar months that lie between two dates: from 31 January to 1 February is 1. #}
{% macro months_between(first, last) -%}{{ return(adapter.dispatch("months_between")(first, last)) }}{%- endmacro %}
{% macro default__months_between(first, last) -%}date_diff('month', {{ first }}, {{ last }}){%- endmacro %}

{# The date so many months later; the last day of the month where it has no such day. #}
{% macro plus_months(day, months) -%}{{ return(adapter.dispatch("plus_months")(day, months)) }}{%- endmacro %}
{% macro default__plus_months(day, months) -%}cast({{ day }} + to_months(cast({{ months }} as integer)) as date){%- endmacro %}

{# A date as text. pattern: of %Y and %m. #}
{% macro format_date(day, pattern) -%}{{ return(adapter.dispatch("format_date")(day, pattern)) }}{%- endmacro %}
{% macro default__format_date(day, pattern) -%}strftime({{ day }}, '{{ pattern }}'){%- endmacro %}
