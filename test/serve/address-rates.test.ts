import { expect } from 'chai';
import { AddressRates, callerOf } from '../../src/serve/address-rates.js';

describe('serve/address-rates', () => {
  it('takes an IPv4 address for one caller, however it is written, and an IPv6 network of 64 bits for one too', () => {
    expect(callerOf('10.0.0.5')).to.equal('10.0.0.5');
    expect(callerOf('::ffff:10.0.0.5')).to.equal('10.0.0.5');
    expect(callerOf('2001:db8:0:1:aaaa::1')).to.equal(callerOf('2001:db8:0:1:bbbb:0:0:2'));
    expect(callerOf('2001:db8:0:1::1')).to.not.equal(callerOf('2001:db8:0:2::1'));
    expect(callerOf('2001:0db8::1')).to.equal(callerOf('2001:db8::ffff:1'));
    expect(callerOf('fe80::1%eth0')).to.equal('fe80:0:0:0');
    expect(callerOf('::1')).to.equal('0:0:0:0');
    expect(callerOf(undefined)).to.equal('');
  });

  it('counts each address for itself', () => {
    let nowMs = 0;
    const rates = new AddressRates({ perSecond: 1, burst: 2 }, 10, () => nowMs);
    expect([rates.take('a'), rates.take('a'), rates.take('a'), rates.take('b')]).to.deep.equal([true, true, false, true]);
    nowMs = 1000;
    expect([rates.take('a'), rates.take('a')]).to.deep.equal([true, false]);
  });

  it('lets a call weigh more than one', () => {
    const rates = new AddressRates({ perSecond: 1, burst: 10 }, 10, () => 0);
    expect(rates.take('a', 10)).to.equal(true);
    expect(rates.take('a')).to.equal(false);
  });

  it('remembers only so many, and forgets who was silent longest', () => {
    const rates = new AddressRates({ perSecond: 0, burst: 1 }, 2, () => 0);
    rates.take('a');
    rates.take('b');
    expect(rates.take('a')).to.equal(false);
    rates.take('c');
    expect(rates.take('a')).to.equal(false);
    expect(rates.take('b')).to.equal(true);
  });
});
