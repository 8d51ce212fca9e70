import type { Request } from 'express';
import { queryText } from '../core/http.ts';
import type { Asset, User } from './store.ts';

/** Sort keys by the vendor's column names; others fall back to the default. Ties go by id. */
export type Sorts<T> = Readonly<Record<string, (entry: T) => string | number>>;

/** Columns that assets sort by. */
export const ASSET_SORTS: Sorts<Asset> = {
  id: ({ id }) => id,
  name: ({ name }) => name,
  asset_tag: ({ assetTag }) => assetTag,
  serial: ({ serial }) => serial,
  created_at: ({ createdAt }) => createdAt.getTime(),
  updated_at: ({ updatedAt }) => updatedAt.getTime(),
  last_checkin: ({ lastCheckin }) => lastCheckin?.getTime() ?? 0,
  last_checkout: ({ lastCheckout }) => lastCheckout?.getTime() ?? 0,
};

/** Columns that users sort by. */
export const USER_SORTS: Sorts<User> = {
  id: ({ id }) => id,
  first_name: ({ firstName }) => firstName,
  last_name: ({ lastName }) => lastName,
  username: ({ username }) => username,
  email: ({ email }) => email,
  employee_num: ({ employeeNum }) => employeeNum,
};

/** Sorts in place, as `sort` and `order` ask; descending unless told otherwise. */
export function sort<T extends { readonly id: number }>(
  request: Request,
  entries: T[],
  sorts: Sorts<T>,
  byDefault: string,
): void {
  const asked = queryText(request, 'sort') ?? byDefault;
  const key = (Object.hasOwn(sorts, asked) ? sorts[asked] : sorts[byDefault]) ?? (({ id }: T) => id);
  const sign = queryText(request, 'order') === 'asc' ? 1 : -1;
  entries.sort((a, b) => {
    const [left, right] = [key(a), key(b)];
    const ordered =
      typeof left === 'number' && typeof right === 'number'
        ? left - right
        : String(left).localeCompare(String(right));
    return sign * (ordered === 0 ? a.id - b.id : ordered);
  });
}
