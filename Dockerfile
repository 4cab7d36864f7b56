# The local stack in a container: for a Mac, Windows, or a Linux that shall stay as it is.
#
#   docker build --tag causeway .
#   docker run --rm -it causeway                # make demo
#   docker run --rm -it -p 127.0.0.1:8080:8080 -p 127.0.0.1:8090:8090 -p 127.0.0.1:4566:4566 causeway make up
#
# It is built for the machine's own processor, and so are the functions that run in it.
FROM python:3.13-slim

RUN apt-get update \
    && apt-get install --yes --no-install-recommends bash git make socat \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --shell /bin/bash causeway \
    && install --directory --owner causeway /causeway

USER causeway
WORKDIR /causeway

# The packages are a layer of their own, made again only when the pins change.
COPY --chown=causeway Makefile requirements-dev.txt ./
COPY --chown=causeway local/setup.sh local/
RUN make .venv/.ready

COPY --chown=causeway . .
RUN make setup

# Ports are published before anything listens on them, so the stack takes these instead of any that are free.
ENV CAUSEWAY_API_PORT=8080 CAUSEWAY_ORG_PORT=8090 CAUSEWAY_AWS_PORT=4566
EXPOSE 8080 8090 4566

ENTRYPOINT ["local/container.sh"]
CMD ["make", "demo"]
