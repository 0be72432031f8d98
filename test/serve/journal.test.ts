import { expect } from 'chai';
import { createJournal, type JournalOptions } from '../../src/serve/journal.js';

const journal = (options: Partial<JournalOptions> = {}): { lines: string[]; note: ReturnType<typeof createJournal> } => {
  const lines: string[] = [];
  return { lines, note: createJournal({ write: (line) => lines.push(line), human: false, nowMs: () => 1_767_225_600_000, ...options }) };
};

describe('serve/journal', () => {
  it('writes one JSON object a line, with time, level, camera and message', () => {
    const { lines, note } = journal();
    note('warn', 'It has gone silent.', { camera: 'dock', attempt: 3 });
    expect(lines.map((line) => JSON.parse(line) as unknown)).to.deep.equal([
      { time: '2026-01-01T00:00:00.000Z', level: 'warn', camera: 'dock', attempt: 3, message: 'It has gone silent.' },
    ]);
  });

  it('writes lines for people on a terminal, each on one line whatever is in it', () => {
    const { lines, note } = journal({ human: true });
    note('info', 'listening');
    note('error', 'gone\nerror: forged\u2028line', { camera: 'dock' });
    expect(lines).to.deep.equal(['listening', 'error: dock: gone error: forged line']);
  });

  it('never writes a secret: neither credentials of an address nor a text it was told', () => {
    for (const human of [true, false]) {
      const { lines, note } = journal({ human, hide: (text) => text.replaceAll('s3cr3t-t0ken', '***') });
      note('info', 'opening rtsp://me:pass@10.0.0.5/sub with s3cr3t-t0ken', { camera: 'dock', url: 'http://x/?token=abc&s=s3cr3t-t0ken' });
      expect(lines.join()).to.contain('10.0.0.5').and.not.match(/pass@|s3cr3t|token=abc/);
    }
  });

  it('leaves out what matters less than asked for', () => {
    const { lines, note } = journal({ least: 'warn' });
    note('info', 'nothing much');
    note('warn', 'something');
    expect(lines).to.have.length(1);
  });

  it('is bounded: says how many lines were left out', () => {
    let nowMs = 0;
    const { lines, note } = journal({ human: true, rate: { perSecond: 1, burst: 2 }, nowMs: () => nowMs });
    for (let i = 0; i < 10; i++) note('info', `line ${i}`);
    expect(lines).to.deep.equal(['line 0', 'line 1']);
    nowMs = 1000;
    note('info', 'later');
    expect(lines.slice(2)).to.deep.equal(['warn: 8 lines were left out: there were too many.', 'later']);
  });
});
