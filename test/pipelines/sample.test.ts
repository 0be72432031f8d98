import { expect } from 'chai';
import type { EventMessage } from '../../src/emit/types.js';
import { TIMELINE } from '../../tools/sample/timeline.js';
import { hearken } from '../fixtures/command.js';

describe('the recording that ships', () => {
  it('is recognised as what it is: every sound in its timeline becomes an event at its time, and nothing else does', async () => {
    const { code, stdout, stderr } = await hearken(['watch', 'sample', '--json']);
    expect(code, stderr.join('\n')).to.equal(0);
    const messages = stdout.map((line) => JSON.parse(line) as { readonly schema: string });
    const ends = messages.filter((message): message is EventMessage => message.schema === 'hearken.event.v1').filter(({ type }) => type === 'end');
    const sounds = TIMELINE.filter(({ heard }) => heard !== 'background').map(({ heard, startS, endS }) => ({ label: heard, startS, endS }));
    for (const { label, startS, endS } of sounds) {
      const found = ends.some((event) => event.label === label && event.start_time < endS && (event.end_time ?? Infinity) > startS);
      expect(found, `${label} from ${startS} s to ${endS} s, among ${ends.map((event) => `${event.label} ${event.start_time}–${String(event.end_time)}`).join(', ')}`).to.equal(true);
    }
    const invented = ends.filter((event) => !sounds.some(({ label, startS, endS }) => event.label === label && event.start_time < endS + 1 && (event.end_time ?? Infinity) > startS - 1));
    expect(invented.map(({ label, start_time: startTime }) => `${label} at ${startTime}`)).to.deep.equal([]);
  });
});
