import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { schemaText } from '../../tools/schema/text.js';
import { inFile, siteFileSchema, siteJsonSchema } from '../../src/settings/site-schema.js';
import { readSite } from '../../src/settings/site.js';

type Schema = Readonly<Record<string, unknown>>;

const propertiesOf = (schema: unknown): [string, Schema][] => Object.entries(((schema as Schema)['properties'] ?? {}) as Readonly<Record<string, Schema>>);

describe('the published schema of the configuration file', () => {
  it('is what the program checks by: npm run schema was not forgotten', () => {
    expect(readFileSync('schema/hearken.schema.json', 'utf8')).to.equal(schemaText());
  });

  it('describes every setting, in the spelling of the file, and allows no other', () => {
    const walk = (schema: unknown, path: string): void => {
      for (const [name, part] of propertiesOf(schema)) {
        expect(name, path).to.match(/^[a-z][a-z_]*$/);
        if (!['open', 'close'].includes(name)) expect(part['description'], `${path}.${name}`).to.be.a('string');
        walk(part, `${path}.${name}`);
      }
      if (propertiesOf(schema).length > 0) expect((schema as Schema)['additionalProperties'], path).to.equal(false);
    };
    walk(siteJsonSchema(), '');
    expect(propertiesOf(siteJsonSchema()).map(([name]) => name)).to.deep.equal(Object.keys(siteFileSchema.shape).map(inFile));
  });

  it('holds a camera, whose settings have no defaults of their own', () => {
    const cameras = (siteJsonSchema()['properties'] as Readonly<Record<string, Schema>>)['cameras'];
    const camera = cameras?.['additionalProperties'];
    expect(propertiesOf(camera).map(([name]) => name)).to.include.members(['source', 'transport', 'gate', 'emit', 'listen', 'model']);
    expect(JSON.stringify(camera)).to.not.contain('"default"');
  });
});

describe('docs/configuration.md', () => {
  const documentation = readFileSync('docs/configuration.md', 'utf8');
  const examples = [...documentation.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text ?? '');
  const environment = { CAM_USER: 'viewer', CAM_PASS: 'geheim', HOOK_SECRET: 'a secret of its own', TURN_CREDENTIAL: 'of its own', DASHBOARD_TOKEN: 'correct-horse-battery', PORT: '8787' };

  it('has examples that are right', () => {
    expect(examples.length).to.be.at.least(1);
    for (const example of examples) expect(readSite(example, environment).problems, example).to.deep.equal([]);
  });

  it('begins its full example with the line that editors look for', () => {
    const [, path = ''] = /^# yaml-language-server: \$schema=\.\/node_modules\/hearken\/(\S+)\n/.exec(examples[0] ?? '') ?? [];
    const { files } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly files: readonly string[] };
    expect(existsSync(path), 'it is there').to.equal(true);
    expect(files, 'and goes with the package').to.include(path.split('/')[0]);
  });

  it('has an example of every section', () => {
    for (const section of Object.keys(siteFileSchema.shape)) expect(documentation, section).to.match(new RegExp(`(^|[^\\w])${inFile(section)}:`, 'm'));
  });
});
