import { expect } from 'chai';
import { clock, duration, macs, number, percent } from '../../../src/serve/dashboard/format.js';

describe('figures as people read them', () => {
  it('writes numbers with as many digits as they are worth', () => {
    expect([0, 0.0042, 0.25, 3.14159, 42.42, 1234.5].map(number)).to.deep.equal(['0', '0.004', '0.25', '3.14', '42.4', '1235']);
  });

  it('writes spans of time', () => {
    expect([0, 4.24, 59.9, 65, 3720, 200_000].map(duration)).to.deep.equal(['0.0 s', '4.2 s', '59 s', '1 min 05 s', '1 h 02 min', '2 days']);
  });

  it('tells the hour of a camera from the place in a recording', () => {
    expect(clock(67)).to.equal('1:07');
    const date = new Date(1_800_000_000_000);
    expect(clock(1_800_000_000)).to.equal(date.toTimeString().slice(0, 8));
  });

  it('writes operations and shares', () => {
    expect([0, 0.004, 1.5].map(macs)).to.deep.equal(['0 G', '4.00 M', '1.50 G']);
    expect([0, 0.042, 0.5, 1].map(percent)).to.deep.equal(['0 %', '4.2 %', '50 %', '100 %']);
  });
});
