# One image for every service and for the `warehouse` command: the locked environment, then the rooms. No service writes into it.
FROM python:3.11-slim-bookworm AS environment
# Without the packages that only developers need.
COPY requirements-runtime.lock /requirements.lock
# Bytecode is compiled here once: importing is what costs at every start.
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes --requirement /requirements.lock

FROM python:3.11-slim-bookworm
# What the report's PDF needs beside Python packages.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends fontconfig fonts-noto-cjk libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*
RUN groupadd --gid 10001 warehouse \
    && useradd --uid 10001 --gid warehouse --no-create-home --home-dir /tmp --shell /usr/sbin/nologin warehouse \
    && install --directory --owner=warehouse --group=warehouse --mode=0750 /var/lib/warehouse
COPY --from=environment /opt/venv /opt/venv
COPY contracts /opt/warehouse/contracts
COPY dags /opt/warehouse/dags
COPY dbt_project /opt/warehouse/dbt_project
COPY expectations /opt/warehouse/expectations
COPY ingestion /opt/warehouse/ingestion
COPY pipeline /opt/warehouse/pipeline
COPY orchestration /opt/warehouse/orchestration
COPY cli /opt/warehouse/cli
COPY reporting /opt/warehouse/reporting
COPY spatial /opt/warehouse/spatial
COPY warehouse /opt/warehouse/warehouse
# The lock is part of a build's code version.
COPY requirements.lock LICENSE /opt/warehouse/
COPY --chmod=0755 deploy/warehouse /usr/local/bin/warehouse
RUN /opt/venv/bin/python -m compileall -q /opt/warehouse
ENV PATH=/opt/venv/bin:$PATH PYTHONPATH=/opt/warehouse PYTHONDONTWRITEBYTECODE=1 WAREHOUSE_HOME=/var/lib/warehouse HOME=/tmp LANG=C.UTF-8
WORKDIR /opt/warehouse
USER 10001:10001
VOLUME /var/lib/warehouse
CMD ["warehouse", "--help"]
