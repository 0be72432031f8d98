/** How a stream is cut, by its nets. */
import { segmentSpec, type SegmentSpec } from '../src/segment/spec.js';
import type { Profile } from '../src/settings/profile.js';
import type { Nets } from './nets.js';

/** The audio net's segments, at the policy's own step if it has one. */
export const segmentOf = (profile: Profile, nets: Nets): SegmentSpec => {
  const spec = segmentSpec(nets.logMel, profile.segment.latenessS * 1e6);
  return { ...spec, hopUs: nets.policy?.stepUs ?? spec.hopUs };
};
