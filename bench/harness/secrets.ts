/** Credentials of a run: the sandbox's own, and made-up ones for hooks and tokens. They open nothing outside of it. */
export const SECRETS = {
  oktaToken: 'sandbox-okta-token',
  oktaHook: 'bench-okta-hook-secret',
  graphTenant: '5a9db0c0-0000-4000-a000-000000000001',
  graphClient: '5a9db0c0-0000-4000-a000-00000000c11e',
  graphSecret: 'sandbox-graph-secret',
  snipeitToken: 'snipeit-sandbox-token',
  itadToken: 'itad-sandbox-token',
  itadHook: `whsec_${Buffer.alloc(32, 3).toString('base64')}`,
  hrHook: `whsec_${Buffer.alloc(32, 5).toString('base64')}`,
  apiToken: 'bench-api-token-0123456789',
  payloadKey: Buffer.alloc(32, 7).toString('base64'),
} as const;
