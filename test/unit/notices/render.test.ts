import { describe, expect, test } from 'vitest';
import { renderNotice, serialEnd } from '../../../src/activities/notices/render.ts';
import type { Rendering } from '../../../src/activities/notices/render.ts';
import { TEMPLATES } from '../../../src/activities/notices/texts/text.ts';
import { LANGUAGES } from '../../../src/domain/notices/plan.ts';
import { firstNameOf } from '../../../src/store/notice-people.ts';

const ABOUT: Rendering['about'] = {
  firstName: 'Maya',
  leaverFirstName: 'Ada',
  model: 'ThinkPad <X1> & "more"',
  serialEnd: '4711',
  dueAt: '2026-03-31T23:30:00.000Z',
  gate: 'return',
  parcel: null,
  exception: null,
  caseId: 'case_1',
  deviceId: 'dev_1',
};

function render(changes: Partial<Rendering> = {}) {
  return renderNotice({
    template: 'return.leaver',
    language: 'en',
    about: ABOUT,
    timeZone: 'Europe/Berlin',
    notice: null,
    ...changes,
  });
}

const ALL = LANGUAGES.flatMap((language) => TEMPLATES.map((template) => ({ language, template })));

describe('the text of a message', () => {
  test.each(ALL)('$template in $language says what it is about, whole, and in HTML as well', (which) => {
    const { subject, text, html } = render(which);
    expect(subject).not.toMatch(/[\r\n]|undefined|null/u);
    expect(text).toContain('ThinkPad <X1> & "more"');
    expect(text).toContain('4711');
    expect(text).not.toMatch(/undefined|null|\[object/u);
    expect(html).toContain('ThinkPad &lt;X1&gt; &amp; &quot;more&quot;');
    expect(html).toContain(`lang="${which.language}"`);
    expect(html.match(/<p>/gu)?.length).toBe(text.trim().split('\n\n').length);
  });

  test.each(ALL)('$template in $language holds together when next to nothing is known', (which) => {
    const bare = { firstName: null, leaverFirstName: null, model: null, serialEnd: null, deviceId: null };
    const { subject, text } = render({ ...which, about: { ...ABOUT, ...bare } });
    expect(`${subject}${text}`).not.toMatch(/undefined|null| {2}|\(\)/u);
  });

  test('the date is the one on the wall where the person lives, in their language', () => {
    expect(render({ language: 'de' }).text).toContain('1. April 2026');
    expect(render({ language: 'fr', timeZone: 'America/New_York' }).text).toContain('31 mars 2026');
    expect(render({ timeZone: 'Somewhere/Else' }).text).toContain('March 31, 2026');
  });

  test('a label comes as an address that can be clicked, and says so when it is another one', () => {
    const parcel = {
      labelUrl: 'https://labels.test/1.pdf?a=1&b=2',
      qrCodeUrl: 'https://labels.test/1_qr',
      trackingCode: 'T1',
      isAnother: false,
      isAfterVoid: false,
    };
    const first = render({ template: 'label.leaver', about: { ...ABOUT, parcel } });
    expect(first.text).toContain('\nhttps://labels.test/1.pdf?a=1&b=2\n');
    expect(first.text).toContain('\nhttps://labels.test/1_qr\n');
    expect(first.html).toContain(
      '<a href="https://labels.test/1.pdf?a=1&amp;b=2">https://labels.test/1.pdf?a=1&amp;b=2</a>',
    );
    const again = render({
      template: 'label.leaver',
      about: { ...ABOUT, parcel: { ...parcel, labelUrl: null, qrCodeUrl: null, isAnother: true } },
    });
    expect(again.text).toContain('held another device');
    expect(again.text).not.toContain('https://');
    expect(render({ template: 'label.staff', about: { ...ABOUT, parcel } }).text).not.toContain('https://');
  });

  test.each([
    ['en', 'not valid any more'],
    ['de', 'gilt nicht mehr'],
    ['fr', 'plus valable'],
  ] as const)(
    'who was given a label that is void is told so in %s, with the label and with the box',
    (language, words) => {
      const about = (isAfterVoid: boolean) => ({
        ...ABOUT,
        parcel: { labelUrl: null, qrCodeUrl: null, trackingCode: 'T2', isAnother: false, isAfterVoid },
      });
      for (const template of ['label.leaver', 'box.leaver'] as const) {
        expect(render({ language, template, about: about(true) }).text).toContain(words);
        expect(render({ language, template, about: about(false) }).text).not.toContain(words);
      }
    },
  );

  test('a country’s paragraph is added to all of it', () => {
    const { text, html } = render({ notice: 'By law <so>.' });
    expect(text).toContain('\n\nBy law <so>.');
    expect(html).toContain('<p>By law &lt;so&gt;.</p>');
  });

  test.each(LANGUAGES)(
    'of somebody who must not be written to, the manager learns no name (%s)',
    (language) => {
      expect(render({ template: 'return.manager-quiet', language }).text).not.toContain('Ada');
      expect(render({ template: 'return.manager', language }).text).toContain('Ada');
    },
  );

  test.each(LANGUAGES)('an exception is named with its id (%s)', (language) => {
    const exception = { id: 'exc_1', name: 'wipe-refused' };
    const { subject, text } = render({ template: 'overdue.staff', language, about: { ...ABOUT, exception } });
    expect(subject).toContain('wipe-refused');
    expect(text).toContain('exc_1');
  });

  test('a template or a language that there is none of is no message', () => {
    expect(() => render({ template: 'return.everybody' })).toThrow('no text');
    expect(() => render({ language: 'xx' })).toThrow('no text');
  });
});

describe('what is left out of it', () => {
  test('of a serial only the end, and none of a short one', () => {
    expect(serialEnd('PF3ABCD4711')).toBe('4711');
    expect(serialEnd('1234567')).toBeNull();
    expect(serialEnd(null)).toBeNull();
  });

  test.each([
    ['Ada Leaver', 'Ada'],
    ['Leaver, Ada', 'Ada'],
    ['Ada', 'Ada'],
    ["Zoë-Anne d'Arc", 'Zoë-Anne'],
    ['ada@example.com', null],
    ['4711', null],
    ['', null],
    [null, null],
  ])('of a name only the first (%s)', (name, first) => {
    expect(firstNameOf(name)).toBe(first);
  });
});
