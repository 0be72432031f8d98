import { open, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { Fault, asFault } from '../src/faults.js';

describe('asFault', () => {
  it('leaves a fault as it is', () => {
    const fault = new Fault('media', 'source-lost', 'It is gone.');
    expect(asFault(fault, 'serve')).to.equal(fault);
  });

  it('tells a full disk as one, and does not ask to report it', async function () {
    if (!existsSync('/dev/full')) this.skip();
    const handle = await open('/dev/full', 'w');
    const error = await handle.writeFile('x').then(() => undefined, (it: unknown) => it).finally(async () => handle.close());
    const fault = asFault(error, 'learn');
    expect(fault).to.include({ room: 'learn', kind: 'disk-full', exitCode: 51 });
    expect(fault.sentence).to.contain('no space left').and.not.match(/report|itself failed|ENOSPC/);
  });

  it('names the file that may not be written, and what to do', () => {
    const error = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES', path: '/some/where' });
    expect(asFault(error, 'learn').sentence).to.equal('This user may not open or write a file: /some/where. Check its owner and its permissions, or name another.');
  });

  it('takes all else for a mistake of ours, also other errors of the operating system', async () => {
    const error = await writeFile('/dev/null/x', 'x').then(() => undefined, (it: unknown) => it);
    expect(asFault(error, 'learn').kind).to.equal('internal');
    expect(asFault('text', 'learn')).to.include({ kind: 'internal', message: 'Something in Hearken itself failed: text.' });
  });
});
