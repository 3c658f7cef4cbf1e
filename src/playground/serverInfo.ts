// Owns the endpoints that tell what this homeserver is and can.
import { ROOM_VERSION } from './createRoom.ts';
import type { Endpoint } from './endpoint.ts';

const VERSIONS = ['r0.6.1', ...Array.from({ length: 12 }, (_, index) => `v1.${index + 1}`)];

export function serverInfoEndpoints(): Endpoint[] {
  return [
    {
      name: 'versions',
      method: 'GET',
      path: '/_matrix/client/versions',
      open: true,
      handle: () => ({ versions: VERSIONS, unstable_features: {} }),
    },
    {
      name: 'capabilities',
      method: 'GET',
      path: '/_matrix/client/v3/capabilities',
      handle: () => ({
        capabilities: {
          'm.room_versions': { default: ROOM_VERSION, available: { [ROOM_VERSION]: 'stable' } },
          'm.change_password': { enabled: false },
        },
      }),
    },
  ];
}
