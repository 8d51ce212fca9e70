/** What adapters hand out of a vendor's answer: by allow-lists, so that whatever else stands there never gets out. */
import { describe, expect, test } from 'vitest';
import { wipeAnswer } from '../../../src/adapters/devices/intune/map.ts';
import { ManagedDeviceRecord } from '../../../src/adapters/devices/intune/schema.ts';
import * as lansweeper from '../../../src/adapters/inventory/lansweeper/map.ts';
import { AssetItem } from '../../../src/adapters/inventory/lansweeper/schema.ts';
import { LansweeperSettings } from '../../../src/adapters/inventory/lansweeper/settings.ts';
import * as servicenow from '../../../src/adapters/inventory/servicenow/map.ts';
import { ServiceNowSettings } from '../../../src/adapters/inventory/servicenow/settings.ts';
import * as snipeit from '../../../src/adapters/inventory/snipeit/map.ts';
import { AssetRow } from '../../../src/adapters/inventory/snipeit/schema.ts';
import { SnipeitSettings } from '../../../src/adapters/inventory/snipeit/settings.ts';
import * as database from '../../../src/adapters/inventory/sql/map.ts';
import { SqlSettings } from '../../../src/adapters/inventory/sql/settings.ts';
import { canonicalText } from '../../../src/ledger/canonical.ts';

/** Whatever of a person a vendor may print: each planted wherever a text can stand. */
const PERSONAL = /Canary|ada@|4711|Canal Street|unlock|998877/iu;
const NOTE = 'Returned by Ada Canary, ada@example.com, 1 Canal Street';
const WITHHELD = '(withheld)';

describe('the answer that an adapter hands out', () => {
  test('Intune: the record and its wipes, without user, device name, PIN or other actions', () => {
    const body = {
      id: 'mdm-1',
      userId: 'user-4711',
      userPrincipalName: 'ada@example.com',
      deviceName: "Ada Canary's laptop",
      notes: NOTE,
      serialNumber: 'PF2ABC01',
      operatingSystem: 'Windows',
      managementState: 'wipeIssued',
      lastSyncDateTime: '2026-03-01T10:00:00Z',
      azureADDeviceId: 'dir-4711',
      deviceActionResults: [
        {
          actionName: 'factoryReset',
          actionState: 'done',
          startDateTime: '2026-03-01T09:00:00Z',
          lastUpdatedDateTime: '2026-03-01T09:30:00Z',
          unlockPin: '998877',
          by: 'Ada Canary',
        },
        { actionName: 'remoteLock', actionState: 'done', unlockPin: '998877' },
      ],
    };
    const answer = wipeAnswer(ManagedDeviceRecord.parse(body), ['wipe', 'factoryReset']);
    expect(answer).toEqual({
      id: 'mdm-1',
      serialNumber: 'PF2ABC01',
      operatingSystem: 'Windows',
      managementState: 'wipeIssued',
      lastSyncDateTime: '2026-03-01T10:00:00Z',
      deviceActionResults: [
        {
          actionName: 'factoryReset',
          actionState: 'done',
          startDateTime: '2026-03-01T09:00:00Z',
          lastUpdatedDateTime: '2026-03-01T09:30:00Z',
        },
      ],
    });
    // Even of a record that came past the schema.
    expect(canonicalText(wipeAnswer(body as never, ['factoryReset']))).not.toMatch(PERSONAL);
  });

  test('Snipe-IT: state and ids; that somebody has it, not who; never the notes', () => {
    const row = AssetRow.parse({
      id: 7,
      name: "Ada Canary's laptop",
      asset_tag: 'belongs to Ada Canary',
      serial: 'PF2ABC01',
      model: { id: 1, name: 'T14' },
      manufacturer: null,
      byod: false,
      status_label: {
        id: 3,
        name: 'Disposed',
        status_type: 'archived',
        status_meta: 'archived',
        notes: NOTE,
      },
      notes: NOTE,
      assigned_to: { id: 4711, type: 'user', name: 'Ada Canary', email: 'ada@example.com' },
      custom_fields: {
        Certificate: { field: '_snipeit_certificate_3', value: 'CERT-9' },
        Owner: { field: '_snipeit_owner_4', value: 'Ada Canary' },
      },
    });
    const own = SnipeitSettings.parse({
      baseUrl: 'http://books.test',
      token: 't',
      referenceField: '_snipeit_certificate_3',
    });
    expect(snipeit.answerOf(row, own)).toEqual({
      id: 7,
      serial: 'PF2ABC01',
      byod: false,
      asset_tag: WITHHELD,
      status_label: { id: 3, name: 'Disposed', status_type: 'archived', status_meta: 'archived' },
      assigned_to: WITHHELD,
      custom_fields: [{ field: '_snipeit_certificate_3', value: 'CERT-9' }],
    });
    const inNotes = snipeit.answerOf(row, { ...own, referenceField: 'notes' });
    expect(canonicalText(inNotes)).not.toMatch(PERSONAL);
    expect(snipeit.answerOf({ ...row, assigned_to: null }, own)).toMatchObject({ assigned_to: null });
  });

  test('ServiceNow: states with value and label; what people wrote where the reference should be is withheld', () => {
    const cell = (value: string, label = value) => ({ value, display_value: label });
    const row = {
      sys_id: cell('abc123'),
      sys_mod_count: cell('4'),
      serial_number: cell('PF2ABC01'),
      asset_tag: cell('P1000042'),
      install_status: cell('7', 'Retired'),
      substatus: cell('disposed', 'Disposed'),
      assigned_to: cell('user-4711', 'Ada Canary'),
      retired: cell('2026-03-01'),
      disposal_reason: cell(NOTE),
      u_disposition: cell('Canary'),
      depreciation: cell('dep-998877', 'Of Ada Canary'),
      comments: cell(NOTE),
    };
    const own = ServiceNowSettings.parse({
      baseUrl: 'http://books.test',
      auth: { type: 'basic', username: 'u', password: 'p' },
      dispositionField: 'u_disposition',
    });
    const answer = servicenow.answerOf(row, own);
    expect(answer).toEqual({
      sys_id: 'abc123',
      sys_mod_count: '4',
      serial_number: 'PF2ABC01',
      asset_tag: 'P1000042',
      install_status: { value: '7', display_value: 'Retired' },
      substatus: { value: 'disposed', display_value: 'Disposed' },
      assigned_to: WITHHELD,
      retired: '2026-03-01',
      disposal_reason: WITHHELD,
      u_disposition: WITHHELD,
      depreciation: WITHHELD,
    });
    const closed = {
      ...row,
      assigned_to: cell(''),
      disposal_reason: cell('CERT-9'),
      u_disposition: cell('exported'),
    };
    expect(servicenow.answerOf(closed, own)).toMatchObject({
      assigned_to: null,
      disposal_reason: 'CERT-9',
      u_disposition: 'exported',
    });
  });

  test('a table of your own: the mapped columns by their own names', () => {
    const own = SqlSettings.parse({
      url: 'postgresql://u:p@localhost/books',
      table: 'assets',
      columns: {
        id: 'asset_no',
        serial: 'sn',
        state: 'status',
        holder: { employeeNumber: 'person', workEmail: 'mail' },
        reference: 'cert',
        closedOn: 'gone_on',
        assetTag: 'tag',
      },
      states: { disposed: 'GONE', inStock: 'SHELF' },
    });
    const row = {
      id: '42',
      serial: 'PF2ABC01',
      state: 'GONE',
      employeeNumber: '4711',
      workEmail: 'ada@example.com',
      reference: 'Ada Canary 1',
      closedOn: 'asked Ada Canary',
      assetTag: 'ada@example.com',
      remark: NOTE,
    };
    expect(database.answerOf(row, own)).toEqual({
      asset_no: '42',
      sn: 'PF2ABC01',
      status: 'GONE',
      person: WITHHELD,
      mail: WITHHELD,
      cert: WITHHELD,
      gone_on: WITHHELD,
      tag: WITHHELD,
    });
    expect(
      database.answerOf(
        { ...row, employeeNumber: null, reference: 'CERT-9', closedOn: '2026-03-01 10:00:00+00' },
        own,
      ),
    ).toMatchObject({ person: null, cert: 'CERT-9', gone_on: '2026-03-01 10:00:00+00' });
  });

  test('Lansweeper: the state and the field of the reference, of no other field its value', () => {
    const own = LansweeperSettings.parse({
      token: 't',
      holder: { workEmail: 'Owner', userName: 'work-email' },
      states: { disposed: 'Disposed' },
      referenceField: 'Certificate',
    });
    const item = AssetItem.parse({
      key: 'k1',
      assetBasicInfo: {
        name: 'CANARY-PC',
        userName: 'ada@example.com',
        lastSeen: '2026-03-01T10:00:00.000Z',
      },
      assetCustom: {
        serialNumber: 'PF2ABC01',
        barCode: 'of Ada Canary 1',
        stateName: 'Disposed',
        comment: NOTE,
        fields: [
          { name: 'Certificate', value: 'CERT-9' },
          { name: 'Owner', value: 'ada@example.com' },
          { name: 'Desk', value: 'Ada Canary' },
        ],
      },
    });
    expect(lansweeper.answerOf({ site: 's', item }, own)).toEqual({
      key: 'k1',
      assetBasicInfo: { lastSeen: '2026-03-01T10:00:00.000Z' },
      assetCustom: {
        serialNumber: 'PF2ABC01',
        barCode: WITHHELD,
        stateName: 'Disposed',
        fields: [
          { name: 'Certificate', value: 'CERT-9' },
          { name: 'Owner', value: WITHHELD },
        ],
      },
    });
  });

  test('can be hashed whatever the vendor printed', () => {
    const row = { id: 'mdm-\ud800', serialNumber: null, deviceActionResults: null };
    expect(() => canonicalText(wipeAnswer(ManagedDeviceRecord.parse(row), ['wipe']))).not.toThrow();
  });
});
