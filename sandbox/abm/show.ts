/** How Apple shows devices and activities (JSON:API). */
import type { Activity, OrgDevice } from './state.ts';

/** `url` is the base URL of the instance. */
export function showDevice(url: string, device: OrgDevice): object {
  const self = `${url}/v1/orgDevices/${device.serial}`;
  return {
    type: 'orgDevices',
    id: device.serial,
    attributes: {
      serialNumber: device.serial,
      addedToOrgDateTime: device.addedAt,
      updatedDateTime: device.releasedAt ?? device.addedAt,
      releasedFromOrgDateTime: device.releasedAt,
      deviceModel: device.model,
      productFamily: device.productFamily,
      status: device.server === null ? 'UNASSIGNED' : 'ASSIGNED',
      purchaseSourceType: 'APPLE',
    },
    relationships: {
      assignedServer: {
        links: { self: `${self}/relationships/assignedServer`, related: `${self}/assignedServer` },
      },
    },
    links: { self },
  };
}

export function showActivity(url: string, activity: Activity): object {
  return {
    type: 'orgDeviceActivities',
    id: activity.id,
    attributes: {
      status: activity.status,
      subStatus: activity.subStatus,
      createdDateTime: activity.createdAt,
      ...(activity.completedAt === null ? {} : { completedDateTime: activity.completedAt }),
    },
    links: { self: `${url}/v1/orgDeviceActivities/${activity.id}` },
  };
}
