# syntax=docker/dockerfile:1
# One image for web, worker and beat; docker-compose.yml says which is which.

FROM python:3.11-slim-bookworm AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
COPY constraints.txt /tmp/constraints.txt
RUN /opt/venv/bin/pip install --require-hashes --no-deps -r /tmp/constraints.txt

FROM python:3.11-slim-bookworm
ARG CODE_VERSION=0.1.0.dev0
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DEBUG=0 HOST=0.0.0.0 PORT=8000 VAR_DIR=/srv/suara STATIC_ROOT=/opt/suara-static \
    DJANGO_SETTINGS_MODULE=config.settings CODE_VERSION=$CODE_VERSION
# Names in the scripts of the member states must show in charts and documents too; Pango lays out
# the pages of documents.
RUN apt-get update \
    && apt-get install -y --no-install-recommends fonts-noto-core libpango-1.0-0 libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /srv/suara --create-home suara
COPY --from=packages /opt/venv /opt/venv
WORKDIR /opt/suara
COPY . .
RUN python -m compileall -q . \
    && SECRET_KEY=only-while-building VAR_DIR=/tmp/build python manage.py collectstatic --noinput -v0 \
    && rm -rf /tmp/build
USER suara
VOLUME /srv/suara
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=6s --start-period=60s --retries=4 CMD ["python", "-m", "config.probe"]
CMD ["python", "-m", "config.serve"]
