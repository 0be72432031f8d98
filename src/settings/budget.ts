/** What a camera, or all cameras together, may spend. */
import { z } from 'zod';

const rate = z.number().nonnegative();

const capShape = {
  gmacsPerS: rate.nullable().default(null).describe('Most multiply-accumulates a second of media, in 10⁹; null: no such cap.'),
  msPerS: rate.nullable().default(null).describe('Most measured milliseconds in nets and decoding a second of media; null: no such cap.'),
  burstS: z.number().min(1).max(600).default(10).describe('What the cap gives in so many seconds may be spent at once [s]; in no stretch of that length is it more.'),
  onExceed: z.enum(['degrade']).default('degrade').describe('degrade: what does not fit is not looked at, and the stream goes on.'),
};

/** The budget of all cameras together. */
export const siteBudgetSchema = z.strictObject(capShape);

/** The budget of one camera. */
export const cameraBudgetSchema = z.strictObject({
  ...capShape,
  priority: z.number().positive().max(1000).default(1).describe('A look of this camera is worth so many times what it says.'),
  unaskedBit: z.number().positive().nullable().default(0.5).describe('Under a cap, a look that a learned gate does not wish for is made where it is worth so much [bit] and its price; null: never.'),
  minimumShare: z.number().min(0).max(1).optional().describe('Part of the budget of all cameras that is this one’s own when it wants to look; lent to the others while it does not. Default: its part of a tenth of what nobody has claimed.'),
});

/** What all cameras together may spend. */
export type SiteBudgetSettings = z.infer<typeof siteBudgetSchema>;
/** What one camera may spend. */
export type CameraBudgetSettings = z.infer<typeof cameraBudgetSchema>;
