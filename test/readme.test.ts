import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { FAULT_KINDS } from '../src/faults.js';
import { CLOSE_CODES } from '../src/serve/protocol.js';

const readme = readFileSync('README.md', 'utf8');

describe('README.md', () => {
  it('documents every exit code, and none that does not exist', () => {
    const documented = [...readme.matchAll(/^\| (\d+) \| `([a-z-]+)` \|/gm)].map(([, code, kind]) => `${kind ?? ''} ${code ?? ''}`);
    expect(documented).to.have.members(Object.entries(FAULT_KINDS).map(([kind, { exitCode }]) => `${kind} ${exitCode}`));
  });

  it('documents every close code, and none that does not exist', () => {
    const documented = [...readme.matchAll(/^\| (\d{4}) \|/gm)].map(([, code]) => Number(code));
    expect(documented).to.have.members(Object.values(CLOSE_CODES).map(({ code }) => code));
  });

  it('names only scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly scripts: Readonly<Record<string, string>> };
    for (const [, script] of readme.matchAll(/npm run ([\w:-]+)/g)) expect(scripts, 'package.json').to.have.property(script ?? '');
  });
});
