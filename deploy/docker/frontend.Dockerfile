# syntax=docker/dockerfile:1
# The web interface by an nginx of its own, which passes the API on. The platform's image has the interface
# inside as well: this one is for those who want pages and files off the API processes. Build it from the
# top of the repository:
#   docker build -f deploy/docker/frontend.Dockerfile -t workflow-platform-frontend .

FROM node:20-bookworm-slim AS frontend
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY frontend ./
COPY docs/api/openapi.json /src/docs/api/openapi.json
RUN npm run build

FROM nginxinc/nginx-unprivileged:1.27-alpine
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Workflow Platform, web interface" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=frontend /src/frontend/dist /usr/share/nginx/html
# Filled in at start; the root may be read-only when /tmp and /etc/nginx/conf.d can be written.
COPY deploy/docker/frontend.conf.template /etc/nginx/templates/default.conf.template
ENV API_UPSTREAM=api:8001 \
    NGINX_ENTRYPOINT_LOCAL_RESOLVERS=1
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=5s --retries=3 \
    CMD ["wget", "--quiet", "--spider", "http://127.0.0.1:8080/index.html"]
