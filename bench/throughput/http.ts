import { SECRETS } from '../harness/secrets.ts';

/** Posts as the dock does. A passing 503 is tried again, as the dock's client would. @throws Error for anything else but a 2xx. */
export async function post<T>(url: string, body: object): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${SECRETS.apiToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (response.ok) return (text === '' ? null : JSON.parse(text)) as T;
    if (response.status !== 503 || attempt === 10)
      throw new Error(`POST ${url} was answered with ${response.status} ${text}`);
    await new Promise((resolve) => setTimeout(resolve, 100 * attempt));
  }
}
