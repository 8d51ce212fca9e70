import type { Installation } from '../installation.ts';

/** Addresses and commands for whoever wants to look around while everything stays up. */
export function whereToLook({ engine, sandbox, data, secrets }: Installation): readonly string[] {
  const ask = `HANDBACK_URL=${engine.url} HANDBACK_TOKEN="$(cat ${engine.tokenFile})"`;
  return [
    '',
    'Everything stays up. Where to look next:',
    `  API             ${engine.url}/api/v1/openapi.json`,
    `  health          ${engine.url}/readyz   ${engine.url}/metrics`,
    ...(engine.temporalUi === null ? [] : [`  Temporal        ${engine.temporalUi}`]),
    `  vendors         ${sandbox.controlUrl}/effects   ${sandbox.controlUrl}/deliveries`,
    ...Object.entries(sandbox.urls).map(([name, url]) => `    ${name.padEnd(13)} ${url}`),
    `  token           ${engine.tokenFile}`,
    `  data and logs   ${data.path}`,
    '',
    `  curl -H "authorization: Bearer $(cat ${engine.tokenFile})" ${engine.url}/api/v1/stuck`,
    `  ${ask} npx handback case list`,
    `  ${ask} npx handback stuck`,
    `  curl -X POST ${sandbox.controlUrl}/instances/okta/users/rosa/deactivate    # one more leaver`,
    `  curl -H "authorization: SSWS ${secrets.okta.token}" ${sandbox.urls.okta}/api/v1/logs`,
    '',
    'Ctrl-C stops it.',
  ];
}
