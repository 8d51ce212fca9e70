/** A person at a browser, for tests and demonstrations: types in a device's code and says who they are, over the same pages. */

/** @throws Error when the issuer's pages do not lead to the end. */
export async function approveDevice(
  issuer: string,
  userCode: string,
  person: string,
  approves: boolean,
): Promise<void> {
  const browser = new Browser(issuer);
  const xsrf = hidden(await browser.get('/device'), 'xsrf');
  const shown = await browser.post('/device', { xsrf, user_code: userCode });
  const confirm = { xsrf: hidden(shown, 'xsrf'), user_code: userCode };
  if (!approves) return void (await browser.post('/device', { ...confirm, abort: 'yes' }));
  const asked = await browser.post('/device', { ...confirm, confirm: 'yes' });
  if (!asked.includes('Who are you?')) throw new Error('the issuer did not ask who it is');
  const end = await browser.post(browser.path, { person });
  if (!end.includes('Signed in')) throw new Error('the issuer did not sign them in');
}

/** Follows redirects and keeps cookies; knows one site. */
class Browser {
  /** Where it is now. */
  path = '/';
  readonly #site: string;
  readonly #cookies = new Map<string, string>();

  constructor(site: string) {
    this.#site = site;
  }

  get(path: string): Promise<string> {
    return this.#go(path, { method: 'GET' });
  }

  post(path: string, form: Readonly<Record<string, string>>): Promise<string> {
    return this.#go(path, { method: 'POST', body: new URLSearchParams(form) });
  }

  async #go(path: string, init: RequestInit, hops = 0): Promise<string> {
    if (hops > 10) throw new Error('too many redirects');
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const url = new URL(path, this.#site);
    const response = await fetch(url, {
      ...init,
      headers: { cookie, accept: 'text/html' },
      redirect: 'manual',
    });
    this.path = url.pathname;
    for (const text of response.headers.getSetCookie()) this.#keep(text);
    const next = response.headers.get('location');
    if (next === null) return response.text();
    return this.#go(new URL(next, url).href, { method: 'GET' }, hops + 1);
  }

  /** An empty value deletes. */
  #keep(text: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? [];
    if (value === '') this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}

function hidden(html: string, name: string): string {
  const found = new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1];
  if (found === undefined) throw new Error(`the page has no field ${name}: is the code right?`);
  return found;
}
