# The exporter, with a Java runtime of only the modules that it needs. `bin/build-image` builds it; see docs/deploy.md.
ARG BUILDER_BASE=debian:trixie
ARG RUNTIME_BASE=debian:trixie-slim

# (Java's packages fail to install without the folder that slim bases lack.)

# The jar and the eBPF object in it are the same for every architecture: built on the builder's own.
FROM --platform=$BUILDPLATFORM ${BUILDER_BASE} AS jar
RUN mkdir -p /usr/share/man/man1 && apt-get update \
    && apt-get install -y --no-install-recommends \
        clang libbpf-dev libc6-dev llvm make maven openjdk-25-jdk-headless
WORKDIR /src
COPY . .
ARG REVISION=unknown
RUN --mount=type=cache,target=/root/.m2/repository \
    --mount=type=secret,id=maven-settings,target=/root/.m2/settings.xml \
    export JAVA_HOME="$(dirname "$(dirname "$(readlink -f /usr/bin/jlink)")")" \
    && mvn -B -ntp -DskipTests -Dmaven.test.skip -Dcommit="$REVISION" package

FROM ${BUILDER_BASE} AS java
RUN mkdir -p /usr/share/man/man1 && apt-get update \
    && apt-get install -y --no-install-recommends openjdk-25-jdk-headless
RUN jlink --add-modules java.base,java.logging,jdk.httpserver,jdk.management,jdk.unsupported \
        --strip-java-debug-attributes --no-header-files --no-man-pages \
        --output /opt/http-ebpf-exporter/java

FROM ${RUNTIME_BASE}
RUN apt-get update \
    && apt-get install -y --no-install-recommends libbpf1 \
    && apt-get clean \
    && rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log /var/cache/ldconfig/aux-cache
COPY LICENSE CHANGELOG.md /usr/share/doc/http-ebpf-exporter/
COPY --from=java /opt/http-ebpf-exporter /opt/http-ebpf-exporter
COPY bin/jvm.options /opt/http-ebpf-exporter/
COPY --from=jar /src/exporter/target/http-ebpf-exporter.jar /opt/http-ebpf-exporter/
COPY exporter/src/main/image/http-ebpf-exporter /usr/local/bin/
# Last, and here: the cache is good only for this very runtime, and this very jar with its time.
RUN --mount=type=bind,source=exporter/src/main/image,target=/build /build/train

EXPOSE 10435
ENTRYPOINT ["http-ebpf-exporter"]
CMD ["run"]

ARG VERSION=unknown
ARG REVISION=unknown
ARG SOURCE=
LABEL org.opencontainers.image.title="http-ebpf-exporter" \
      org.opencontainers.image.description="Counts HTTP requests inside the Linux kernel and serves them to Prometheus" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.source="$SOURCE"
