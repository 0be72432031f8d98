/** Publishes a recording until it is ended: `publisher-child.js <recording> <address>`. Says when it is connected. */
import { publish } from '../../whip/publisher.js';

const [recording = '', url = ''] = process.argv.slice(2);
/** A service that has just begun makes its cameras ready [ms]. */
const AGAIN_MS = 500;
const MOST_TRIES = 40;

for (let tries = 1; ; tries += 1) {
  try {
    await publish(recording, url).started;
    process.send?.('published');
    break;
  } catch (error) {
    if (tries >= MOST_TRIES) {
      process.send?.(String(error));
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}
