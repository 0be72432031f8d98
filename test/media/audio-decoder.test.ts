import { expect } from 'chai';
import { firstValueFrom } from 'rxjs';
import type { ConnectionEvent } from '../../src/media/link.js';
import type { AudioTrack, VideoTrack } from '../../tools/media/recording.js';
import { readAll, sharedHost, videoOf, type Heard } from '../fixtures/connections.js';
import { numberOf } from '../fixtures/pictures.js';
import { pictures, recording, tone } from '../fixtures/recordings.js';
import { holesIn, loudnessAt, sine, soundOf, sweep, sweepLatenessUs } from '../fixtures/sounds.js';

const shared = (): ReturnType<typeof sharedHost> => sharedHost();

/** How much later than its number says a picture is shown [µs]: what the container put in front of everything. */
const picturesLateUs = async (heard: Heard<ConnectionEvent>): Promise<number> => {
  const { picture } = await firstValueFrom(videoOf(heard).frameAt({ timeUs: 2_450_000, exact: true, size: { width: 160, height: 96 }, toleranceUs: 1e6 }));
  return picture === undefined ? expect.fail('no picture') : picture.timeUs - numberOf(picture) * 100_000;
};

describe('Sound and pictures', () => {
  const { host } = shared();
  const vp8: Partial<VideoTrack> = { codec: 'libvpx', bitsPerSecond: 500_000 };
  // Containers put different things in front of the first sample (AAC primes for 1024 samples, Opus for 312); what counts is that
  // sound and pictures are moved alike. Matroska and FLV round to a millisecond.
  const cases: Record<string, { ending: string; audio: Omit<AudioTrack, 'samples'>; video?: Partial<VideoTrack> }> = {
    'AAC in Matroska': { ending: 'mkv', audio: { codec: 'aac', sampleRateHz: 48_000 } },
    'AAC in MP4': { ending: 'mp4', audio: { codec: 'aac', sampleRateHz: 48_000 } },
    'AAC in MPEG-TS': { ending: 'ts', audio: { codec: 'aac', sampleRateHz: 48_000 } },
    'AAC at 44.1 kHz in FLV': { ending: 'flv', audio: { codec: 'aac', sampleRateHz: 44_100 } },
    'Opus in WebM': { ending: 'webm', audio: { codec: 'libopus', sampleRateHz: 48_000 }, video: vp8 },
    'FLAC at 44.1 kHz': { ending: 'mkv', audio: { codec: 'flac', sampleRateHz: 44_100 } },
    'PCM A-law at 8 kHz': { ending: 'mkv', audio: { codec: 'pcm_alaw', sampleRateHz: 8_000 } },
  };
  for (const [what, { ending, audio, video }] of Object.entries(cases)) {
    it(`are together within a millisecond: ${what}`, async () => {
      const path = recording(`sweep-${what.replace(/\W+/g, '-')}.${ending}`, () => ({ video: pictures(3, video), audio: { ...audio, samples: sweep(audio.sampleRateHz, 3) } }));
      const heard = await readAll(host, path);
      const soundLateUs = sweepLatenessUs(soundOf(heard.sound, 0, 3_500_000));
      expect(soundLateUs - await picturesLateUs(heard)).to.be.within(-1_100, 1_100);
    });
  }
});

describe('Sound', () => {
  const { host } = shared();
  const hear = async (name: string, audio: () => AudioTrack): Promise<Heard<ConnectionEvent>> => readAll(host, recording(name, () => ({ audio: audio() })));

  const cases: Record<string, { name: string; audio: () => AudioTrack }> = {
    'FLAC at 44.1 kHz': { name: 'tone-flac.mkv', audio: () => tone(3, { codec: 'flac', sampleRateHz: 44_100 }) },
    'PCM A-law at 8 kHz': { name: 'tone-alaw.mkv', audio: () => tone(3, { codec: 'pcm_alaw', sampleRateHz: 8_000 }) },
    'AAC at 48 kHz': { name: 'tone-aac.mp4', audio: () => tone(3) },
    'AAC at 16 kHz': { name: 'tone-16k.mp4', audio: () => tone(3, { sampleRateHz: 16_000 }) },
    'Opus': { name: 'tone-opus.webm', audio: () => tone(3, { codec: 'libopus' }) },
  };
  for (const [what, { name, audio }] of Object.entries(cases)) {
    it(`comes out at 16 kHz, mono, whole, as high and as loud as it went in: ${what}`, async () => {
      const heard = await hear(name, audio);
      expect(heard.error).to.equal(undefined);
      expect(heard.of('ended')[0]?.fault).to.equal(undefined);
      const samples = soundOf(heard.sound, 500_000, 2_500_000);
      expect(holesIn(samples)).to.equal(0);
      expect(loudnessAt(samples, 440)).to.be.closeTo(0.5, 0.02);
      // Nothing else is in it: a sine's mean square is half its amplitude's square.
      expect(samples.reduce((sum, value) => sum + value ** 2, 0) / samples.length).to.be.closeTo(0.125, 0.01);
    });
  }

  it('of both channels becomes their mean, never above full scale', async () => {
    const heard = await hear('stereo.mkv', () => {
      const left = sine(48_000, 3, 440, 0.98);
      return { codec: 'flac', sampleRateHz: 48_000, samples: left, right: left };
    });
    expect(heard.of('opened')[0]?.info.audio).to.deep.equal({ codec: 'flac', sampleRateHz: 48_000, channels: 2 });
    const samples = soundOf(heard.sound, 500_000, 2_500_000);
    expect(loudnessAt(samples, 440)).to.be.closeTo(0.98, 0.01);
    expect(samples.every((value) => Math.abs(value) <= 1)).to.equal(true);
  });

  it('of one channel of two becomes half as loud', async () => {
    const heard = await hear('left-only.mkv', () => ({ codec: 'flac', sampleRateHz: 48_000, samples: sine(48_000, 3, 440, 0.8), right: new Float32Array(144_000) }));
    expect(loudnessAt(soundOf(heard.sound, 500_000, 2_500_000), 440)).to.be.closeTo(0.4, 0.01);
  });

  it('above half of 16 kHz is left out, not folded down', async () => {
    const heard = await hear('high.mkv', () => ({ codec: 'flac', sampleRateHz: 48_000, samples: sine(48_000, 3, 11_000, 0.5) }));
    const samples = soundOf(heard.sound, 500_000, 2_500_000);
    expect(loudnessAt(samples, 5_000)).to.be.lessThan(0.01);
    expect(Math.max(...samples)).to.be.lessThan(0.02);
  });

  it('that begins late begins late', async () => {
    const heard = await readAll(host, recording('late-sound.mkv', () => ({ video: pictures(6), audio: tone(3, { codec: 'flac', startUs: 3_000_000 }) })));
    expect(heard.sound[0]?.startUs).to.be.closeTo(3_000_000, 1_100);
    expect(heard.heardUs).to.be.closeTo(6_000_000, 110_000);
  });

  it('that is not there is no sound', async () => {
    const heard = await readAll(host, recording('no-sound.mkv', () => ({ video: pictures(2) })));
    expect(heard.of('opened')[0]?.info.audio).to.equal(undefined);
    expect(heard.sound).to.deep.equal([]);
    expect(heard.seenUs).to.be.closeTo(1_900_000, 110_000);
  });
});
