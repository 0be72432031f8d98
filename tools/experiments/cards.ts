/** What the cards of the shipped packs say besides figures. */
import type { PackWords } from './pack.js';

/** A pack that a world ships as. */
export interface ShippedPack {
  readonly name: string;
  readonly words: PackWords;
  /** The card's own words, before the figures. */
  readonly card: string;
}

const again = (world: string): string => `## How to make it again

\`\`\`sh
npm run experiments -- ${world} --seeds 5                 # extracts, trains every cell, goes on after a kill
npm run experiments -- ${world} --seeds 5 --report --pack # this card, its figures and plots, the pack
\`\`\``;

const PLAYGROUND: ShippedPack = {
  name: 'playground',
  words: { description: 'HMS over ear, eye and stride on the rendered world S2: 24 made-up classes and background. To try the policy with, not for cameras.', origin: 'tools/experiments' },
  card: `# playground

Hierarchical Modality Selection on S2, a world of rendered scenes with synthesised sound: three small LSTMs over the frozen nets \`ear\`, \`eye\` and \`stride\`, and two gates that decide on each step of 0.48 s whether to look and whether to watch. A shut gate costs nothing: no packet is decoded and no net runs.

The classes are made up and their names say nothing; the pack is here to show the policy at work and to measure it where the truth is known, not to be pointed at a street. No number on this card can be put beside one from a paper: only ratios to always-everything on the same data can.

${again('s2')}

## Figures`,
};

const AIRSPACE: ShippedPack = {
  name: 'airspace',
  words: { description: 'Airplane, bird, drone, helicopter by sound and picture: HMS over ear and eye-wide, on real sound and video composed of separate recordings.', origin: 'tools/experiments' },
  card: `# airspace

Airplanes, birds, drones and helicopters by ear first: Hierarchical Modality Selection over the frozen nets \`ear\` and \`eye-wide\`. There is no net for motion: what flies here is a few pixels wide.

**The clips are composed.** Pictures and sound are real (Svanström, Englund and Alonso-Fernandez, A Dataset for Multi-Sensor Drone Detection, 2021, CC0 1.0) but were recorded apart. Drone and helicopter videos take a sound of their own class, airplane and bird videos take background noise; so sound settles two classes and cannot tell the other two apart, by construction. In the air, a drone too far to be heard, or a helicopter behind a bird, would break that rule.

${again('airspace')}

## Figures`,
};

/** The packs by the name of their world. */
export const PACKS: ReadonlyMap<string, ShippedPack> = new Map([['s2', PLAYGROUND], ['airspace', AIRSPACE]]);
