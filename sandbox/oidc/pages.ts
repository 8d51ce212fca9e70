/** The few pages that a browser sees. */
import type { Account } from './directory.ts';

export function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title><meta name="viewport" content="width=device-width"><style>body{font:16px/1.5 system-ui;max-width:30rem;margin:3rem auto;padding:0 1rem}button{font:inherit;padding:.3rem .8rem;margin:.2rem 0}</style></head><body><h1>${title}</h1>${body}</body></html>`;
}

/** Instead of a password: who sits before the screen. */
export function peoplePage(accounts: readonly Account[]): string {
  const buttons = accounts.map(
    ({ key, givenName, familyName, groups }) =>
      `<div><button name="person" value="${key}">${safe(`${givenName} ${familyName}`)}</button> ${safe(groups.join(', '))}</div>`,
  );
  return page('Who are you?', `<form method="post">${buttons.join('')}</form>`);
}

function safe(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
