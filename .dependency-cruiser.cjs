// The flow, one way: a room imports only from rooms before it in this list (and from itself).
const ROOMS = [
  'faults', 'media', 'settings', 'inference', 'ingest', 'segment', 'sense',
  'policy', 'budget', 'emit', 'serve', 'learn', 'evaluate',
];

/** Packages that only one room may import, so that a native or ageing library has one door. */
const DOORS = {
  'node-av': '^src/media/native\\.ts$',
  'onnxruntime-node': '^src/inference/',
  'fluent-ffmpeg': '^src/ingest/external-ffmpeg\\.ts$',
  'flatbuffers': '^src/inference/',
  'protobufjs': '^src/inference/',
  'werift': '^src/ingest/webrtc/peer\\.ts$',
  'ws': '^src/serve/',
  'prom-client': '^src/serve/metrics/',
  'preact': '^src/serve/dashboard/',
  'htm': '^src/serve/dashboard/',
  '@preact/signals': '^src/serve/dashboard/',
  'uplot': '^src/serve/dashboard/',
  'yaml': '^src/settings/yaml\\.ts$',
  'cac': '^pipelines/',
  '@tensorflow/tfjs-core': '^src/learn/tensor/',
  '@tensorflow/tfjs-backend-wasm': '^src/learn/tensor/',
  'vega': '^src/evaluate/plots/',
  'vega-lite': '^src/evaluate/plots/',
};

const roomRules = ROOMS.map((room, i) => ({
  name: `${room}-imports-only-to-its-left`,
  severity: 'error',
  comment: `${room} may import only: ${ROOMS.slice(0, i + 1).join(', ')}`,
  from: { path: `^src/${room}(/|\\.ts$)` },
  to: { path: `^(pipelines|tools|test|src/(${[...ROOMS.slice(i + 1), 'index'].join('|')})(/|\\.ts$))` },
}));

const doorRules = Object.entries(DOORS).map(([name, path]) => ({
  name: `one-door-to-${name}`,
  severity: 'error',
  from: { path: '^(src|pipelines)', pathNot: path },
  to: { path: `node_modules/${name}/` },
}));

module.exports = {
  forbidden: [
    ...roomRules,
    ...doorRules,
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'nothing-imports-pipelines', severity: 'error', from: { path: '^src' }, to: { path: '^(pipelines|tools|test)' } },
    {
      name: 'the-page-runs-in-a-browser', severity: 'error', comment: 'the dashboard has the typed client and what that imports, and types; the server serves no other module to it',
      from: { path: '^src/serve/dashboard/' },
      to: { path: '^src/', pathNot: '^src/(faults\\.ts$|serve/(dashboard/|client(-link|-calls)?\\.ts$))', dependencyTypesNot: ['type-only'] },
    },
    { name: 'every-file-in-a-room', severity: 'error', from: { path: '^src/', pathNot: `^src/(index\\.ts$|(${ROOMS.join('|')})(/|\\.ts$))` }, to: {} },
    { name: 'no-development-package-in-the-product', severity: 'error', from: { path: '^(src|pipelines)' }, to: { dependencyTypes: ['npm-dev'] } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
