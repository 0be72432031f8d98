import type { StateChanged } from '../ingest/types.js';
import type { StateMessage } from './types.js';

/**
 * A source's change of state as it goes out.
 *
 * @param camera the camera's name
 * @param change what the source said
 * @param epochMs when it said so, Unix epoch [ms]
 */
export const stateMessage = (camera: string, { state, fault, retryInMs }: StateChanged, epochMs: number): StateMessage => ({
  schema: 'hearken.state.v1',
  camera,
  state,
  time: epochMs / 1000,
  fault: fault === undefined ? null : {
    kind: fault.kind,
    message: fault.message,
    ...(fault.remedy === undefined ? {} : { remedy: fault.remedy }),
  },
  retry_in_s: retryInMs === undefined ? null : retryInMs / 1000,
});
