/** How large the pictures are that a key frame begins, told by its parameter sets: nothing is decoded. */
import { AV_CODEC_ID_H264, parsedSize, type CodecParameters } from './native.js';
import { sizeInSps } from './sps.js';

const START_CODE = Buffer.of(0, 0, 1);
/** The type of an H.264 sequence parameter set (ITU-T H.264, table 7-1). */
const SPS = 7;

/** The NAL unit of a type in a frame with start codes (ITU-T H.264, annex B), up to the next start code. */
const nalOfType = (frame: Buffer, type: number): Buffer | undefined => {
  for (let at = frame.indexOf(START_CODE); at >= 0; at = frame.indexOf(START_CODE, at + 3)) {
    if (((frame[at + 3] ?? 0) & 31) !== type) continue;
    const end = frame.indexOf(START_CODE, at + 3);
    return frame.subarray(at + 3, end < 0 ? frame.length : end);
  }
  return undefined;
};

/**
 * The size of a key frame's pictures [px]; undefined where it does not say.
 * H.264's is read here: libav's parser refuses parameter sets that go on after the size in a way that it does not like.
 * @param parameters whose codec it is
 * @param frame as cameras send it over RTSP, with start codes
 */
export const sizeInKeyFrame = (parameters: CodecParameters, frame: Buffer | null): { readonly width: number; readonly height: number } | undefined => {
  if (frame === null) return undefined;
  if (parameters.codecId !== AV_CODEC_ID_H264) return parsedSize(parameters, frame);
  const sps = nalOfType(frame, SPS);
  return sps === undefined ? undefined : sizeInSps(sps);
};
