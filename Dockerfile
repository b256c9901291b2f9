# The operator: one bundled program, and what was compiled of it, on a base without shell or package manager, as a user
# without rights, on a file system that may be read-only. No image is published; before you ship one, pin both bases by
# digest (…@sha256:…), as tags move.
FROM docker.io/library/node:24-trixie-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --prefer-offline
COPY tsconfig.json ./
COPY src src
COPY config/manager/deployment.yaml config/manager/
RUN node src/generate/bundle.ts

FROM gcr.io/distroless/nodejs24-debian13:nonroot AS base

# By the very Node that is to run it: another one would not take it.
FROM base AS compile
USER 0:0
WORKDIR /build
COPY --from=build /build ./
RUN ["/nodejs/bin/node", "src/generate/code-cache.ts"]

FROM base
LABEL org.opencontainers.image.title="merlon"
LABEL org.opencontainers.image.description="Keeps a Kubernetes cluster hardened"
LABEL org.opencontainers.image.licenses="Apache-2.0"
WORKDIR /merlon
COPY --from=compile /build/dist/operator.mjs /build/dist/operator.cjs /build/dist/operator.cache ./
# "nonroot", as a number, so that runAsNonRoot can be checked.
USER 65532:65532
EXPOSE 8081
# The entrypoint of the base is node itself; the Deployment adds the limit of the heap.
CMD ["operator.mjs"]
