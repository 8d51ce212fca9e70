import type { Asset, StatusLabel, Store, User } from './store.ts';

/** The answer of every list: how many there are in all, and this page of them. */
export interface Page {
  readonly total: number;
  readonly rows: readonly object[];
}

/** Snipe-IT escapes text for HTML even in JSON answers, so an apostrophe arrives as `&#039;`. */
export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#039;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

/** An asset's notes are rendered as inline Markdown on top: here the emphasis and code of it. */
function rendered(notes: string): string {
  return escaped(notes)
    .replaceAll(/`([^`]+)`/g, '<code>$1</code>')
    .replaceAll(/\*\*(\S(?:[^*]*\S)?)\*\*/g, '<strong>$1</strong>')
    .replaceAll(/\*(\S(?:[^*]*\S)?)\*/g, '<em>$1</em>');
}

/** A hardware row in the shape of the vendor's asset transformer. */
export function assetRow(store: Store, asset: Asset): object {
  const model = store.models.get(asset.modelId);
  const manufacturer = model && store.manufacturers.get(model.manufacturerId);
  const status = statusOf(store, asset);
  return {
    id: asset.id,
    name: escaped(asset.name),
    asset_tag: escaped(asset.assetTag),
    serial: escaped(asset.serial),
    model: model ? { id: model.id, name: escaped(model.name) } : null,
    byod: asset.byod,
    requestable: false,
    model_number: model?.modelNumber ? escaped(model.modelNumber) : null,
    eol: null,
    asset_eol_date: null,
    status_label: status,
    status,
    category: model ? { id: model.category.id, name: escaped(model.category.name) } : null,
    manufacturer: manufacturer ? { id: manufacturer.id, name: escaped(manufacturer.name) } : null,
    depreciation: null,
    supplier: null,
    notes: asset.notes === null ? null : rendered(asset.notes),
    order_number: null,
    company: null,
    location: locationOf(store, asset.locationId),
    rtd_location: locationOf(store, asset.rtdLocationId),
    image: null,
    assigned_to: assignedTo(store, asset),
    warranty_months: null,
    warranty_expires: null,
    created_at: dateTime(asset.createdAt),
    updated_at: dateTime(asset.updatedAt),
    last_audit_date: null,
    next_audit_date: null,
    deleted_at: dateTime(asset.deletedAt),
    purchase_date: null,
    last_checkout: dateTime(asset.lastCheckout),
    last_checkin: dateTime(asset.lastCheckin),
    expected_checkin: dateOnly(asset.expectedCheckin),
    purchase_cost: null,
    checkin_counter: asset.checkinCounter,
    checkout_counter: asset.checkoutCounter,
    requests_counter: 0,
    user_can_checkout: canCheckOut(store, asset),
    custom_fields: Object.fromEntries(
      store.fields.map((field) => [
        field.name,
        {
          field: field.column,
          value: escaped(asset.custom[field.column] ?? ''),
          field_format: 'ANY',
          element: 'text',
        },
      ]),
    ),
    available_actions: {
      checkout: asset.deletedAt === null,
      checkin: asset.deletedAt === null,
      clone: true,
      restore: asset.deletedAt !== null,
      update: asset.deletedAt === null,
      audit: true,
      delete: asset.deletedAt === null && asset.assignedTo === null,
    },
  };
}

/** The untransformed record that an update answers with: ids instead of objects, nothing escaped. */
export function flatAsset(asset: Asset): object {
  return {
    id: asset.id,
    name: asset.name,
    asset_tag: asset.assetTag,
    model_id: asset.modelId,
    serial: asset.serial,
    status_id: asset.statusId,
    assigned_to: asset.assignedTo,
    assigned_type: asset.assignedTo === null ? null : 'App\\Models\\User',
    location_id: asset.locationId,
    rtd_location_id: asset.rtdLocationId,
    notes: asset.notes,
    byod: asset.byod ? 1 : 0,
    last_checkin: plain(asset.lastCheckin),
    last_checkout: plain(asset.lastCheckout),
    expected_checkin: plain(asset.expectedCheckin),
    checkin_counter: asset.checkinCounter,
    checkout_counter: asset.checkoutCounter,
    created_at: asset.createdAt.toISOString(),
    updated_at: asset.updatedAt.toISOString(),
    deleted_at: asset.deletedAt?.toISOString() ?? null,
    ...asset.custom,
  };
}

/** A user row in the shape of the vendor's user transformer. */
export function userRow(store: Store, user: User): object {
  const manager = user.managerId === null ? undefined : store.users.get(user.managerId);
  const held = [...store.assets.values()].filter(
    (asset) => asset.assignedTo === user.id && asset.deletedAt === null,
  );
  return {
    id: user.id,
    avatar: null,
    name: escaped(fullName(user)),
    first_name: escaped(user.firstName),
    last_name: escaped(user.lastName),
    username: escaped(user.username),
    remote: false,
    locale: 'en-US',
    employee_num: escaped(user.employeeNum),
    manager: manager ? { id: manager.id, name: escaped(fullName(manager)) } : null,
    jobtitle: null,
    phone: null,
    country: user.country,
    email: escaped(user.email),
    department: null,
    location: null,
    notes: null,
    activated: true,
    assets_count: held.length,
    licenses_count: 0,
    accessories_count: 0,
    consumables_count: 0,
    company: null,
    created_at: dateTime(user.createdAt),
    updated_at: dateTime(user.createdAt),
    deleted_at: dateTime(user.deletedAt),
  };
}

/** A status label row. */
export function labelRow(store: Store, label: StatusLabel): object {
  const used = [...store.assets.values()].filter(
    (asset) => asset.statusId === label.id && asset.deletedAt === null,
  );
  return {
    id: label.id,
    name: escaped(label.name),
    type: label.type,
    color: null,
    show_in_nav: false,
    default_label: false,
    assets_count: used.length,
    notes: null,
    created_at: null,
    updated_at: null,
  };
}

/** Display name of a user. */
export function fullName(user: User): string {
  return `${user.firstName} ${user.lastName}`;
}

/** Whether an asset may be checked out: nobody holds it and its label is deployable. */
export function canCheckOut(store: Store, asset: Asset): boolean {
  return (
    asset.assignedTo === null &&
    asset.deletedAt === null &&
    store.labels.get(asset.statusId)?.type === 'deployable'
  );
}

function statusOf(store: Store, asset: Asset): object | null {
  const label = store.labels.get(asset.statusId);
  if (!label) return null;
  return {
    id: label.id,
    name: escaped(label.name),
    status_type: label.type,
    // An assigned asset reads "deployed", whatever its label says: even an archived one.
    status_meta: asset.assignedTo === null ? label.type : 'deployed',
  };
}

function locationOf(store: Store, id: number | null): object | null {
  const location = id === null ? undefined : store.locations.get(id);
  return location ? { id: location.id, name: escaped(location.name) } : null;
}

function assignedTo(store: Store, asset: Asset): object | null {
  const user = asset.assignedTo === null ? undefined : store.users.get(asset.assignedTo);
  if (!user) return null;
  return {
    id: user.id,
    username: escaped(user.username),
    name: escaped(fullName(user)),
    first_name: escaped(user.firstName),
    last_name: escaped(user.lastName),
    email: escaped(user.email),
    employee_number: escaped(user.employeeNum),
    jobtitle: null,
    type: 'user',
  };
}

/** `YYYY-MM-DD HH:mm:ss` in the installation's zone (UTC here), without saying which zone that is. */
function plain(at: Date | null): string | null {
  return at === null ? null : at.toISOString().slice(0, 19).replace('T', ' ');
}

function dateTime(at: Date | null): object | null {
  const text = plain(at);
  if (at === null || text === null) return null;
  const hour = at.getUTCHours();
  const clock = `${hour % 12 === 0 ? 12 : hour % 12}:${text.slice(14, 16)} ${hour < 12 ? 'AM' : 'PM'}`;
  return { datetime: text, formatted: `${text.slice(0, 10)} ${clock}` };
}

function dateOnly(at: Date | null): object | null {
  const text = plain(at)?.slice(0, 10);
  return text === undefined ? null : { date: text, formatted: text };
}
