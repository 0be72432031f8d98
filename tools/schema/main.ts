/** `npm run schema`: writes the JSON Schema of the configuration file, made from the schema that checks it. */
import { writeFileSync } from 'node:fs';
import { schemaText } from './text.js';

writeFileSync('schema/hearken.schema.json', schemaText());
process.stdout.write('schema/hearken.schema.json\n');
