# The operator: one bundled file on a base without shell or package manager, as a user without rights, on a file system
# that may be read-only. No image is published; before you ship one, pin both bases by digest (…@sha256:…), as tags move.
FROM docker.io/library/node:24-trixie-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --prefer-offline
COPY tsconfig.json ./
COPY src src
RUN node src/generate/bundle.ts

FROM gcr.io/distroless/nodejs24-debian13:nonroot
LABEL org.opencontainers.image.title="merlon"
LABEL org.opencontainers.image.description="Keeps a Kubernetes cluster hardened"
LABEL org.opencontainers.image.licenses="Apache-2.0"
WORKDIR /merlon
COPY --from=build /build/dist/operator.mjs ./
# "nonroot", as a number, so that runAsNonRoot can be checked.
USER 65532:65532
EXPOSE 8081
# The entrypoint of the base is node itself; the Deployment adds the limit of the heap.
CMD ["operator.mjs"]
