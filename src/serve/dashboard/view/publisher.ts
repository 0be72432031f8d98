import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { asFault } from '../../../faults.js';
import type { HearkenClient } from '../../client.js';
import { publish, type Publishing } from '../publish.js';

/** What the publisher is given. */
export interface PublisherProps {
  readonly client: HearkenClient;
  readonly token: string | undefined;
  readonly name: string;
  readonly onStop: () => void;
}

const WORDS: Readonly<Record<Publishing['phase'], string>> = {
  asking: 'Waiting for the browser’s permission …',
  connecting: 'Connecting …',
  live: 'This computer’s camera and microphone are being published.',
  lost: 'The connection is lost; stop and publish again if it does not come back.',
};

/** Publishes while it is shown, and shows what is published. */
export const Publisher = ({ client, token, name, onStop }: PublisherProps): VNode => {
  const [publishing, setPublishing] = useState<Publishing>({ phase: 'asking' });
  const [trouble, setTrouble] = useState<string | undefined>(undefined);
  const preview = useRef<HTMLVideoElement | null>(null);
  useEffect(() => {
    const running = publish({ client, token, name }).subscribe({ next: setPublishing, error: (error: unknown) => { setTrouble(asFault(error, 'serve').sentence); } });
    return () => { running.unsubscribe(); };
  }, [client, token, name]);
  const stream = 'stream' in publishing ? publishing.stream : null;
  useEffect(() => {
    if (preview.current !== null) preview.current.srcObject = stream;
  }, [stream]);
  const failed = trouble !== undefined;
  return html`<section class=${`publisher${failed ? ' failed' : ''}`} aria-label="Publishing this computer">
    <video ref=${preview} muted autoplay playsinline hidden=${stream === null || failed} aria-label="What is published"></video>
    <p role=${failed ? 'alert' : 'status'}><strong>${name}</strong> ${trouble ?? WORDS[publishing.phase]}</p>
    <button type="button" onClick=${onStop}>${failed ? 'Close' : 'Stop publishing'}</button>
  </section>`;
};
