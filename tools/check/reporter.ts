/** How the tests tell what came out: mocha's own dots and failures, what was skipped, and one closing line that machines read. */
import Mocha from 'mocha';

/** Mocha's dot reporter, with a closing line `N passed, N failed, N skipped`. */
export default class ClosingLine extends Mocha.reporters.Dot {
  /** Prints failures, skips and the closing line when the run is over. */
  override epilogue(): void {
    super.epilogue();
    const { passes, failures, pending } = this.stats;
    process.stdout.write(`\n${passes} passed, ${failures} failed${pending > 0 ? `, ${pending} skipped` : ''}\n`);
  }
}
