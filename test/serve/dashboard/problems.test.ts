import { expect } from 'chai';
import { complaintsOf } from '../../../src/serve/dashboard/problems.js';
import { settingsFault } from '../../../src/settings/problem.js';
import { NO_LAYER, readCamera } from '../../../src/settings/site.js';

const PATHS = { source: 'source', listen: 'listen' };

describe('what the server finds wrong, at the fields of a form', () => {
  it('takes apart what the settings really say', () => {
    const { problems } = readCamera('yard', { source: '', listen: ['a', 7], gate: { appearance: { hold: 1 } } }, NO_LAYER);
    const { fields, rest } = complaintsOf(settingsFault('', problems).sentence, PATHS);
    expect(fields.source, JSON.stringify(problems)).to.be.a('string').that.does.not.match(/^source/);
    expect(fields.listen).to.be.a('string').and.not.equal('');
    expect(rest).to.contain('gate.appearance').and.contain('Correct what is named');
  });

  it('leaves another sentence as it is', () => {
    expect(complaintsOf('Hearken cannot be reached.', PATHS)).to.deep.equal({ fields: {}, rest: 'Hearken cannot be reached.' });
  });
});
