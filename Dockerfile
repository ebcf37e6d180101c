# The service alone: no Kedro, no training, no compiler. About what is in it: docs/how-to/deploy.md.
# tests/serving/test_container.py carries out the RUN lines of the first stage where no Docker engine runs.

FROM python:3.11-slim AS build
WORKDIR /src
RUN python -m venv --without-pip /opt/artrec
COPY requirements-serving.txt ./
RUN pip --python /opt/artrec/bin/python install --no-cache-dir --no-deps -r requirements-serving.txt
COPY pyproject.toml README.md LICENSE ./
COPY src src
RUN pip --python /opt/artrec/bin/python install --no-cache-dir --no-deps .
# tests and sources of the packages, and Arrow's network parts (flight, S3): a fifth of all
RUN cd /opt/artrec/lib/python3.11/site-packages \
 && find . -type d -name tests -prune -exec rm -rf {} + \
 && find . -type f -name "*.py[xdi]" ! -path "./artrec/*" -delete \
 && rm -rf pyarrow/include pyarrow/src pyarrow/libarrow_flight.* pyarrow/libarrow_python_flight.* \
    pyarrow/_flight.* pyarrow/libarrow_s3.* pyarrow/_s3fs.*

FROM python:3.11-slim
# LightGBM's threads
RUN apt-get update \
 && apt-get install --yes --no-install-recommends libgomp1 \
 && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin artrec \
 && mkdir -p /data/published /data/serving \
 && chown artrec /data/serving
COPY --from=build /opt/artrec /opt/artrec
ENV PATH=/opt/artrec/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    ARTREC_STORE=/data/published \
    ARTREC_SERVE_HOST=0.0.0.0 \
    ARTREC_SERVE_PORT=8000
USER artrec
WORKDIR /data/serving
EXPOSE 8000
VOLUME /data/serving
# 503 (no bundle, no room to write) is an error too
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 CMD ["python", "-c", "import os, urllib.request as ask; ask.urlopen('http://127.0.0.1:' + os.environ['ARTREC_SERVE_PORT'] + os.environ.get('ARTREC_SERVE_BASE_PATH', '') + '/api/health/ready', timeout=4)"]
ENTRYPOINT ["artrec"]
CMD ["serve"]
