import { expect } from 'chai';
import { Tickets } from '../../src/serve/tickets.js';
import type { Identity } from '../../src/serve/tokens.js';

describe('serve/tickets', () => {
  it('takes a ticket once, while it lives, for whom it was made, and keeps only so many', () => {
    let nowMs = 0;
    const who: Identity = { name: 'screen', scopes: new Set(['subscribe']) };
    const tickets = new Tickets({ lifeMs: 100, waiting: 2 }, () => nowMs);
    const [first, second, third] = [tickets.issue(who), tickets.issue(who), tickets.issue(who)];
    expect(tickets.redeem(first)).to.equal(undefined);
    expect(tickets.redeem(second)).to.equal(who);
    expect(tickets.redeem(second)).to.equal(undefined);
    nowMs = 100;
    expect(tickets.redeem(third)).to.equal(undefined);
    expect(tickets.redeem('')).to.equal(undefined);
  });
});
