import { siteJsonSchema } from '../../src/settings/site-schema.js';

/** The published schema as its file has it. */
export const schemaText = (): string => `${JSON.stringify(siteJsonSchema(), null, 2)}\n`;
