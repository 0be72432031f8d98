import { expect } from 'chai';
import type { Server } from '../../src/serve/server.js';
import { report, ScriptedSite } from './scripted-site.js';
import { callTo, Stage, TOKEN } from './sockets.js';

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean; readonly schema: unknown }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> };
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
  readonly security: readonly unknown[];
}

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, { readonly properties: Readonly<Record<string, unknown>> }>> };
}

const refsIn = (value: unknown): string[] => {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => key === '$ref' ? [String(inner)] : refsIn(inner));
};

const at = (root: unknown, pointer: string): unknown =>
  pointer.slice(2).split('/').reduce((value, key) => (value as Readonly<Record<string, unknown>> | undefined)?.[key], root);

describe('serve: the OpenAPI document', () => {
  const stage = new Stage();
  afterEach(() => stage.clear());
  const read = async (server: Server): Promise<Document> => (await callTo(server)('/api/openapi.json')).json() as Promise<Document>;
  const operations = ({ paths }: Document): [string, string, Operation][] =>
    Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]): [string, string, Operation] => [path, method, operation]));

  it('is there for everybody, and lists what can be called', async () => {
    const document = await read(await stage.server({ token: TOKEN }, new ScriptedSite()));
    expect(document.openapi).to.equal('3.1.0');
    expect(operations(document).map(([path, method]) => `${method} ${path}`)).to.have.members([
      'get /healthz', 'get /readyz', 'get /metrics', 'post /api/ws-ticket', 'get /ws', 'get /api/events',
      'get /api/cameras', 'get /api/cameras/{name}', 'put /api/cameras/{name}', 'delete /api/cameras/{name}', 'get /api/cameras/{name}/picture.jpg',
      'post /whip/{camera}', 'patch /whip/{camera}/{id}', 'delete /whip/{camera}/{id}', 'get /api/openapi.json', 'get /api/schema.json',
    ]);
  });

  it('lists nothing that is not there: without a site no cameras', async () => {
    const document = await read(await stage.server());
    expect(Object.keys(document.paths).filter((path) => /cameras|whip|schema/.test(path))).to.deep.equal([]);
  });

  it('refers to what it holds, names each operation once, and declares every parameter of a path', async () => {
    const document = await read(await stage.server({}, new ScriptedSite()));
    const refs = refsIn(document);
    expect(refs).to.include('#/components/schemas/Camera').and.include('#/components/schemas/Figures');
    for (const ref of refs) expect(at(document, ref), ref).to.be.an('object');
    const ids = operations(document).map(([, , { operationId }]) => operationId);
    expect(new Set(ids).size).to.equal(ids.length);
    for (const [path, method, { parameters = [], responses, summary }] of operations(document)) {
      const declared = parameters.filter((one) => one.in === 'path' && one.required).map(({ name }) => name);
      expect(declared, path).to.deep.equal([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
      expect(summary, `${method} ${path}`).to.match(/\.$/);
      expect(Object.values(responses).every(({ description }) => description !== ''), path).to.equal(true);
    }
    expect(JSON.stringify(document)).to.not.contain('$schema').and.not.contain('"~standard"');
  });

  it('describes the camera that is really answered, key for key', async () => {
    const server = await stage.server({}, new ScriptedSite(report('dock')));
    const { components } = await read(server);
    const camera = await (await callTo(server)('/api/cameras/dock')).json() as Record<string, Record<string, unknown>>;
    expect(Object.keys(components.schemas['Camera']!.properties)).to.have.members(Object.keys(camera));
    expect(Object.keys(components.schemas['Figures']!.properties)).to.have.members(Object.keys(camera['figures']!));
  });

  it('says what each call needs', async () => {
    const document = await read(await stage.server({ token: TOKEN }, new ScriptedSite()));
    const needs = Object.fromEntries(operations(document).map(([path, method, { security }]) => [`${method} ${path}`, security]));
    expect(needs['put /api/cameras/{name}']).to.deep.equal([{ bearer: ['admin'] }]);
    expect(needs['post /whip/{camera}']).to.deep.equal([{ bearer: ['publish'] }]);
    expect(needs['get /healthz']).to.deep.equal([]);
  });

  it('gives the schema of the configuration beside it', async () => {
    const answer = await callTo(await stage.server({}, new ScriptedSite()))('/api/schema.json');
    expect(await answer.json()).to.deep.equal(new ScriptedSite().settingsSchema());
  });
});
