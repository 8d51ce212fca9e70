/** Small HTTP helpers that every simulator needs. */
import type { Server } from 'node:http';
import express from 'express';
import type { Request, RequestHandler } from 'express';

const rawBodies = new WeakMap<object, Buffer>();

/** Parses JSON bodies whatever JSON-like content type they carry, and keeps the raw bytes for `rawBody`. An absent body parses to undefined. */
export function jsonBody(): RequestHandler {
  return express.json({
    limit: '50mb',
    type: (request) => (request.headers['content-type'] ?? 'application/json').includes('json'),
    verify: (request, _response, buffer) => {
      rawBodies.set(request, buffer);
    },
  });
}

/** The bytes of the body as received by `jsonBody`; empty when there was none. */
export function rawBody(request: Request): Buffer {
  return rawBodies.get(request) ?? Buffer.alloc(0);
}

/** One query parameter; the first of several; undefined when absent. */
export function queryText(request: Request, name: string): string | undefined {
  const value = request.query[name];
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first : undefined;
}

/** A route parameter, which Express types as optional or repeated. */
export function routeText(request: Request, name: string): string {
  const value = request.params[name];
  return typeof value === 'string' ? value : '';
}

/** Resolves with the port once listening; rejects when the port is taken. */
export function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/** Stops listening and cuts what is still connected. */
export function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
