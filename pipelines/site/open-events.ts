import type { EventMessage, Output } from '../../src/emit/types.js';

/**
 * The events of one camera that have begun and not ended. The emitter ends them itself, whatever becomes of the source; only
 * when a step hangs and is not waited for any longer does nobody else know of them.
 */
export class OpenEvents {
  readonly #events = new Map<string, { readonly event: EventMessage; readonly confirmed: boolean }>();

  /** Takes note of an output. */
  note(output: Output): void {
    if (output.kind !== 'event') return;
    const { event } = output;
    if (event.type === 'end' || event.type === 'retracted') this.#events.delete(event.id);
    else this.#events.set(event.id, { event, confirmed: event.type !== 'provisional' });
  }

  /** The ends of all that is still open, with what was last known; after it nothing is. */
  end(): Output[] {
    const ends = [...this.#events.values()].map(({ event, confirmed }): Output => ({
      kind: 'event',
      event: { ...event, type: confirmed ? 'end' : 'retracted', seq: event.seq + 1, reason: 'ended', end_time: event.start_time + event.observed_s },
    }));
    this.#events.clear();
    return ends;
  }
}
